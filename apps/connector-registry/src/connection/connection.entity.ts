import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AuthMethodName, ConnectionStatus, StatusReason } from '@trunkline/contracts';

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

  @Column('text', { name: 'project_id' })
  projectId!: string;

  @Column('text')
  scope!: 'PROJECT' | 'PLATFORM';

  @Column('text', { name: 'owner_id', nullable: true })
  ownerId!: string | null;

  @Column('text')
  connector!: string;

  @Column('text', { name: 'auth_method' })
  authMethod!: AuthMethodName;

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

  /** Version of the newest credential heard of; null: none yet. */
  @Column('bigint', { name: 'credential_version', nullable: true, transformer: whole })
  credentialVersion!: number | null;

  /** Attempts to connect that are under way, for a row that has no credential yet. */
  @Column('int', { name: 'open_attempts' })
  openAttempts!: number;

  /** By then every attempt has ended one way or the other: a row still without credential is removed. */
  @Column('timestamptz', { name: 'pending_until' })
  pendingUntil!: Date;

  @Column('timestamptz', { name: 'connected_at', nullable: true })
  connectedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** Grows with every change that can be seen from outside. */
  @Column('int')
  version!: number;
}
