import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SyncMode, TaskStatus } from '@trunkline/contracts';

/** PostgreSQL's bigint comes as text; these counts stay far below 2^53. */
const count = { from: Number, to: String };

/** One stream of a run, as far as others may see it. Its lease is nobody's business but the workers', who ask in SQL. */
@Entity('task')
export class TaskRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'run_id' })
  runId!: string;

  @Column('text')
  stream!: string;

  @Column('text')
  mode!: SyncMode;

  @Column('text')
  status!: TaskStatus;

  @Column('bigint', { transformer: count })
  records!: number;

  @Column('bigint', { transformer: count })
  deleted!: number;

  @Column('bigint', { transformer: count })
  pages!: number;

  /** Records put aside. */
  @Column('bigint', { transformer: count })
  quarantined!: number;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;
}
