import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Destination, FlowStream } from '@trunkline/contracts';
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
  @Column('jsonb', { nullable: true })
  streams!: FlowStream[] | null;

  @Column('jsonb')
  destination!: Destination;

  /** How the connection it writes to stands; null if it writes to none. */
  @Column('text', { name: 'destination_state', nullable: true })
  destinationState!: SourceState | null;

  @Column('boolean', { name: 'is_default' })
  isDefault!: boolean;

  @Column('boolean')
  enabled!: boolean;

  /** This or a cron or, of a flow that runs only when somebody says so, neither. */
  @Column('int', { name: 'interval_seconds', nullable: true })
  intervalSeconds!: number | null;

  @Column('text', { nullable: true })
  cron!: string | null;

  @Column('timestamptz', { name: 'next_run_at', nullable: true })
  nextRunAt!: Date | null;

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
