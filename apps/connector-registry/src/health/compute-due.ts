import { isVerificationDue, verdict } from './health-policy.js';
import { evidenceOf, healthColumns, type HealthRow } from './health-row.js';
import { settleStatus } from './settle-status.js';
import type { RegistryParts } from '../registry-parts.js';

const batchSize = 200;

/** Every connection has a row here from a moment after it was made. */
export async function adoptConnections({ database }: RegistryParts): Promise<void> {
  await database.query(
    `INSERT INTO registry.connection_health (connection_id, platform_id)
     SELECT c.id, c.platform_id FROM registry.connection c
     WHERE c.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM registry.connection_health h WHERE h.connection_id = c.id)
     ORDER BY c.id LIMIT 5000
     ON CONFLICT DO NOTHING`,
  );
}

/**
 * Computes the status of the connections that are due, by the database's clock. Each replica takes others. The next time is up to a fifth
 * earlier by chance, never later, so that connections made together do not stay together.
 */
export async function computeDue(parts: RegistryParts): Promise<void | 'again'> {
  const { database, context } = parts;
  const { healthSeconds } = context.config;
  const rows: HealthRow[] = await database.query(
    `WITH due AS (
       SELECT connection_id FROM registry.connection_health WHERE next_compute_at <= now() ORDER BY next_compute_at LIMIT $1 FOR UPDATE SKIP LOCKED
     ), h AS (
       UPDATE registry.connection_health held
       SET computed_at = now(), next_compute_at = now() + make_interval(secs => $2::float8 * (0.8 + random() * 0.2))
       FROM due WHERE held.connection_id = due.connection_id
       RETURNING held.*
     )
     SELECT ${healthColumns} FROM h JOIN registry.connection c ON c.id = h.connection_id WHERE c.deleted_at IS NULL`,
    [batchSize, healthSeconds],
  );
  await compute(parts, rows);
  if (rows.length === batchSize) return 'again';
}

/** @returns ids of the connections whose status changed */
export async function compute(parts: RegistryParts, rows: readonly HealthRow[]): Promise<string[]> {
  const { database, context } = parts;
  const changed: string[] = [];
  for (const row of rows) {
    if (verdict(evidenceOf(row)) === null) continue;
    // One that fails (its row is held for long, say) must not keep the others from being looked at.
    try {
      if (await settleStatus(parts, row.id)) changed.push(row.id);
    } catch (error) {
      context.logger.warn({ error, connectionId: row.id }, 'the status of a connection could not be settled just now');
      await database.query('UPDATE registry.connection_health SET next_compute_at = now() + make_interval(secs => 2) WHERE connection_id = $1', [row.id]);
    }
  }
  const doubtful = rows.filter((row) => isVerificationDue(evidenceOf(row), context.config)).map(({ id }) => id);
  if (doubtful.length > 0) {
    await database.query('UPDATE registry.connection_health SET verify_due_at = coalesce(verify_due_at, now()) WHERE connection_id = ANY($1)', [doubtful]);
  }
  return changed;
}
