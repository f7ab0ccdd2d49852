import type { EntityManager } from 'typeorm';
import type { Outbox } from '@trunkline/persistence';
import { cancelRuns } from '../run/cancel-runs.js';

/**
 * These flows are about to read another connection, which is another account: what is under way is cancelled, and reading begins anew.
 * The caller holds the flows, and changes them in the same transaction.
 */
export async function leaveSource(tx: EntityManager, outbox: Outbox, flowIds: readonly string[], reason: { code: string; message: string }): Promise<void> {
  for (const id of flowIds) await cancelRuns(tx, outbox, id, reason);
  await tx.query('UPDATE sync.checkpoint SET state = NULL, version = version + 1, updated_at = now() WHERE flow_id = ANY($1)', [flowIds]);
}
