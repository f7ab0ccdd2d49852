import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is to be read from a connection, and how often. */
@Entity('flow')
export class FlowRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'platform_id' })
  platformId!: string;

  @Column('text', { name: 'project_id' })
  projectId!: string;

  @Column('text', { name: 'connection_id' })
  connectionId!: string;

  @Column('text')
  connector!: string;

  @Column('text', { name: 'owner_id', nullable: true })
  ownerId!: string | null;

  @Column('jsonb')
  inputs!: Record<string, string>;

  @Column('boolean', { name: 'is_default' })
  isDefault!: boolean;

  @Column('boolean')
  enabled!: boolean;

  @Column('int', { name: 'interval_seconds' })
  intervalSeconds!: number;

  @Column('timestamptz', { name: 'next_run_at' })
  nextRunAt!: Date;

  /** When a run last read all of it to the end. */
  @Column('timestamptz', { name: 'last_synced_at', nullable: true })
  lastSyncedAt!: Date | null;

  @Column('text', { name: 'degraded_reason', nullable: true })
  degradedReason!: string | null;

  /** The tombstone: its connection was deleted. The row stays, so that generations go on growing should the connection come back. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
