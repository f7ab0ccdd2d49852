import { ConnectionRow } from '../connection/connection.entity.js';
import { moveConnection } from '../connection/move-connection.js';
import type { RegistryParts } from '../registry-parts.js';

const batch = 100;

/**
 * Tells connections of connectors that lead elsewhere now that they must be connected again: their secrets stay bound to where they went
 * before. A batch at a time, so it can be interrupted; those that were connected since are left alone.
 * @returns whether there may be more
 */
export async function demandReconnect(parts: RegistryParts): Promise<boolean> {
  return parts.database.transaction(async (tx) => {
    const [definition] = await tx.query<{ id: string; platform_id: string; rebound_at: string }[]>(
      'SELECT id, platform_id, rebound_at::text FROM registry.connector_definition WHERE rebinding ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED',
    );
    if (definition === undefined) return false;
    const rows = await tx.query<{ id: string }[]>(
      `SELECT id FROM registry.connection
       WHERE platform_id = $1 AND connector = $2 AND credential_version IS NOT NULL AND deleted_at IS NULL AND status <> 'missing' AND connected_at < $3::timestamptz AND status_reason IS DISTINCT FROM 'reauth_required'
       ORDER BY id LIMIT ${batch} FOR UPDATE`,
      [definition.platform_id, definition.id, definition.rebound_at],
    );
    for (const { id } of rows) {
      const row = await tx.findOneByOrFail(ConnectionRow, { id });
      await moveConnection(parts, tx, row, { name: 'credential_broken', reason: 'reauth_required' });
    }
    if (rows.length < batch) await tx.query('UPDATE registry.connector_definition SET rebinding = false WHERE id = $1', [definition.id]);
    parts.context.logger.info({ connector: definition.id, connections: rows.length }, 'a connector leads elsewhere now; its connections must be connected again');
    return true;
  });
}

const keptDays = 30;

/** What was deleted long ago nobody revokes any more; a connection that was made at that very moment keeps it. */
export const forgetDeleted = async ({ database }: RegistryParts): Promise<void> =>
  void (await database.query(`DELETE FROM registry.connector_definition d WHERE d.deleted_at < now() - make_interval(days => ${keptDays})
     AND NOT EXISTS (SELECT FROM registry.connection c WHERE c.platform_id = d.platform_id AND c.connector = d.id)`));
