import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from '@trunkline/contracts';

@Entity('api_key')
export class ApiKeyRow {
  @PrimaryColumn('text')
  id!: string;

  /** SHA-256 of the secret half. */
  @Column('bytea')
  digest!: Buffer;

  @Column('text', { name: 'platform_id' })
  platformId!: string;

  /** Null: a key of the platform. */
  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  /** The user it acts for. */
  @Column('text', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { array: true })
  scopes!: Scope[];

  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}
