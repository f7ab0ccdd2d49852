import type { EntityManager } from 'typeorm';
import type { Outbox } from '@trunkline/persistence';
import { activeRunStatuses } from './run.js';
import { finishRun } from './finish-run.js';

/**
 * Cancels what is under way of a flow. Workers see it before their next page or publication; their checkpoints are refused from this
 * commit on. Tasks that were over keep what they did. The caller holds the flow's lock.
 *
 * @param only if this run is no longer the one under way, nothing is
 */
export async function cancelRuns(tx: EntityManager, outbox: Outbox, flowId: string, reason: { code: string; message: string }, only: string | null = null): Promise<void> {
  const active = 'SELECT id FROM sync.run WHERE flow_id = $1 AND status = ANY($2) AND ($3::text IS NULL OR id = $3) FOR NO KEY UPDATE';
  const runs = (await tx.query(active, [flowId, activeRunStatuses, only])) as { id: string }[];
  for (const { id } of runs) {
    await tx.query(
      `UPDATE sync.task SET status = 'cancelled', error_code = $2, error_message = $3, lease_owner = NULL, lease_until = NULL, finished_at = now()
       WHERE run_id = $1 AND status IN ('queued', 'running')`,
      [id, reason.code, reason.message],
    );
    await finishRun(tx, outbox, id);
  }
}

/** The same for every flow that reads a connection or writes to it, which are locked here, in order. */
export async function cancelRunsOf(tx: EntityManager, outbox: Outbox, connectionId: string, reason: { code: string; message: string }): Promise<void> {
  const flows = (await tx.query('SELECT id FROM sync.flow WHERE connection_id = $1 OR destination_connection_id = $1 ORDER BY id FOR NO KEY UPDATE', [connectionId])) as { id: string }[];
  for (const { id } of flows) await cancelRuns(tx, outbox, id, reason);
}
