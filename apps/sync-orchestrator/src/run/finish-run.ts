import type { EntityManager } from 'typeorm';
import { syncRunFinished, type RunStatus, type TaskStatus } from '@trunkline/contracts';
import type { Outbox } from '@trunkline/persistence';
import { counter } from '@trunkline/service';
import { changedRows } from '../changed-rows.js';
import { activeRunStatuses, outcomeOfRun } from './run.js';

interface Finished {
  flowId: string;
  connectionId: string;
  projectId: string;
  connector: string;
}

/**
 * Ends a run when none of its tasks is left, and says so once: the run's row is locked first, so of two last tasks the second sees
 * the first, and a run that is over is not ended again. The caller holds the flow's lock already (the order is flow, run, task).
 *
 * @returns what became of it, null if it goes on or was over already
 */
export async function finishRun(tx: EntityManager, outbox: Outbox, runId: string): Promise<RunStatus | null> {
  await tx.query('SELECT 1 FROM sync.run WHERE id = $1 FOR NO KEY UPDATE', [runId]);
  const tasks = (await tx.query('SELECT status, records::float8 AS records FROM sync.task WHERE run_id = $1', [runId])) as { status: TaskStatus; records: number }[];
  const outcome = outcomeOfRun(tasks.map(({ status }) => status));
  if (outcome === null) return null;
  const [run] = await changedRows<Finished>(
    tx,
    `UPDATE sync.run SET status = $2, started_at = coalesce(started_at, now()), finished_at = now() WHERE id = $1 AND status = ANY($3)
     RETURNING flow_id AS "flowId", connection_id AS "connectionId", project_id AS "projectId", connector`,
    [runId, outcome, activeRunStatuses],
  );
  if (run === undefined) return null;
  if (outcome === 'succeeded') await tx.query('UPDATE sync.flow SET last_synced_at = now() WHERE id = $1', [run.flowId]);
  counter('trunkline_sync_runs_total', 'Runs that ended, by how.', ['connector', 'status']).inc({ connector: run.connector, status: outcome });
  const records = tasks.reduce((sum, task) => sum + task.records, 0);
  await outbox.addEvent(tx, syncRunFinished, { runId, ...run, status: outcome, records }, run.connectionId);
  return outcome;
}
