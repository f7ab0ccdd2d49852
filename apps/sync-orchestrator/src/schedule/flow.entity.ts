import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SourceState } from '../source/source.js';

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

  /** Null only of a default flow that nobody has named. */
  @Column('text', { name: 'display_name', nullable: true })
  displayName!: string | null;

  /** Null: every stream of the connector. */
  @Column('text', { array: true, nullable: true })
  streams!: string[] | null;

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

  /** How its connection stands, as far as was heard. Only flows whose connection is present are scheduled. */
  @Column('text', { name: 'source_state' })
  sourceState!: SourceState;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** The tombstone: a person deleted it; or, of a default flow, its connection was deleted. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
