import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Connection, ConnectionScope, ConnectionStatus, ConnectionType, Principal, StatusReason } from '@trunkline/contracts';

/** Postgres hands out bigint as text; our versions stay far below 2^53. */
const whole = { to: (value: number | null) => value, from: (text: string | null) => (text === null ? null : Number(text)) };

/** One credentialed link to a connector. */
@Entity('connection')
export class ConnectionRow {
  @PrimaryColumn('text')
  id!: string;

  /** The client's own name for it, unique per (platform, scope, project). */
  @Column('text', { name: 'external_id' })
  externalId!: string;

  @Column('text', { name: 'platform_id' })
  platformId!: string;

  /** Null with scope PLATFORM; the projects that may use it are then in `connection_project`. */
  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  @Column('text')
  scope!: ConnectionScope;

  @Column('boolean', { name: 'pre_select_for_new_projects' })
  preSelectForNewProjects!: boolean;

  @Column('text', { name: 'owner_id', nullable: true })
  ownerId!: string | null;

  @Column('text')
  connector!: string;

  /** The connector's name as it was given last. */
  @Column('text', { name: 'piece_name' })
  pieceName!: string;

  @Column('text', { name: 'piece_version', nullable: true })
  pieceVersion!: string | null;

  @Column('text')
  type!: ConnectionType;

  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Column('text')
  status!: ConnectionStatus;

  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: StatusReason | null;

  /** The account on the provider's side, as its verification call names it. */
  @Column('text', { name: 'account_id', nullable: true })
  accountId!: string | null;

  @Column('text', { name: 'account_name', nullable: true })
  accountName!: string | null;

  @Column('jsonb')
  inputs!: Record<string, string>;

  @Column('jsonb', { nullable: true })
  metadata!: Connection['metadata'];

  @Column('text', { name: 'granted_scopes', array: true })
  grantedScopes!: string[];

  /** When the key lapses; null: not known. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  /** Version of the newest credential heard of; null: none yet. */
  @Column('bigint', { name: 'credential_version', nullable: true, transformer: whole })
  credentialVersion!: number | null;

  /** Attempts to connect that are under way, for a row that has no credential yet. */
  @Column('int', { name: 'open_attempts' })
  openAttempts!: number;

  /** By then every attempt has ended one way or the other: a row still without credential is removed. */
  @Column('timestamptz', { name: 'pending_until' })
  pendingUntil!: Date;

  /** Who attempted last to connect it. */
  @Column('jsonb', { name: 'attempted_by', nullable: true })
  attemptedBy!: Principal | null;

  @Column('timestamptz', { name: 'connected_at', nullable: true })
  connectedAt!: Date | null;

  /** Deleted while flows named it: `missing` for good, and its external id is free. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** Grows with every change that can be seen from outside. */
  @Column('int')
  version!: number;
}
