import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Destination, RunStatus } from '@trunkline/contracts';

/** One execution of a flow. */
@Entity('run')
export class RunRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'flow_id' })
  flowId!: string;

  @Column('text', { name: 'connection_id' })
  connectionId!: string;

  @Column('text', { name: 'project_id' })
  projectId!: string;

  @Column('text')
  connector!: string;

  @Column('text')
  trigger!: 'manual' | 'schedule' | 'retry';

  /** Where it writes to, whatever the flow says by now. */
  @Column('jsonb')
  destination!: Destination;

  /** Every stream was begun anew. */
  @Column('boolean', { name: 'full_reading' })
  fullReading!: boolean;

  @Column('text')
  status!: RunStatus;

  /** The fire of the schedule it stands for; for a manual run the moment it was asked for. */
  @Column('timestamptz', { name: 'planned_at' })
  plannedAt!: Date;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
