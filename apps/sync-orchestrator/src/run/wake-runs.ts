import type { EntityManager } from 'typeorm';

/**
 * A destination was mended: what waits for that need not wait any longer. The reaper gives each task its job at its next round. The caller
 * holds the flows that write into the connection.
 */
export async function wakeRunsInto(tx: EntityManager, connectionId: string, waitsFor: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE sync.task t SET not_before = now(), nudge_at = now() FROM sync.flow f
     WHERE f.destination_connection_id = $1 AND t.flow_id = f.id AND t.status IN ('queued', 'running') AND t.lease_owner IS NULL AND t.error_code = ANY($2)`,
    [connectionId, waitsFor],
  );
}
