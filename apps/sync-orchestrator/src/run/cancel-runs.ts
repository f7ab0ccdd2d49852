import type { EntityManager } from 'typeorm';
import type { Outbox } from '@trunkline/persistence';
import { activeRunStatuses } from './run.js';
import { finishRun } from './finish-run.js';

/**
 * Cancels what is under way of a flow. Workers see it before their next page or publication; their checkpoints are refused from this
 * commit on. Tasks that were over keep what they did. The caller holds the flow's lock.
 */
export async function cancelRuns(tx: EntityManager, outbox: Outbox, flowId: string, reason: { code: string; message: string }): Promise<void> {
  const runs = (await tx.query('SELECT id FROM sync.run WHERE flow_id = $1 AND status = ANY($2) FOR NO KEY UPDATE', [flowId, activeRunStatuses])) as { id: string }[];
  for (const { id } of runs) {
    await tx.query(
      `UPDATE sync.task SET status = 'cancelled', error_code = $2, error_message = $3, lease_owner = NULL, lease_until = NULL, finished_at = now()
       WHERE run_id = $1 AND status IN ('queued', 'running')`,
      [id, reason.code, reason.message],
    );
    await finishRun(tx, outbox, id);
  }
}

/** The same for every flow of a connection, which are locked here, in order. */
export async function cancelRunsOf(tx: EntityManager, outbox: Outbox, connectionId: string, reason: { code: string; message: string }): Promise<void> {
  const flows = (await tx.query('SELECT id FROM sync.flow WHERE connection_id = $1 ORDER BY id FOR NO KEY UPDATE', [connectionId])) as { id: string }[];
  for (const { id } of flows) await cancelRuns(tx, outbox, id, reason);
}
