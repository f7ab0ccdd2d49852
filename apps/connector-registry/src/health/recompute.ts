import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import type { EntityManager } from 'typeorm';
import { requireTenant, type TenantPrincipal } from '../access/require-tenant.js';
import { findConnection } from '../connection/find-connection.js';
import { tenantOf } from '../connection/rights.js';
import type { RegistryParts } from '../registry-parts.js';
import { compute } from './compute-due.js';
import { healthColumns, type HealthRow } from './health-row.js';

/** As many as can be looked at while somebody waits; the rest have their turn within the minute. */
const most = 10_000;

/**
 * Computes now what the next minute would have computed: one connection, or all of the project's (or platform's). Providers are asked
 * only where they would be asked anyway: whoever presses the button ten times has not made ten calls.
 */
export async function recompute(parts: RegistryParts, { principal, id }: RequestOf<typeof connections.recompute>): Promise<ReplyOf<typeof connections.recompute>> {
  const who = requireTenant(principal, 'connections:write');
  const rows = await asTenant(parts.database, tenantOf(who), async (tx) => {
    if (id !== undefined) await findConnection(tx, who, id, false);
    return readHealths(tx, who, id);
  });
  const changed = await compute(parts, rows);
  const ids = rows.map((row) => row.id);
  await parts.database.query('UPDATE registry.connection_health SET computed_at = now() WHERE connection_id = ANY($1)', [ids]);
  return { computed: rows.length, changed };
}

const readHealths = (tx: EntityManager, { platformId, projectId }: TenantPrincipal, id: string | undefined): Promise<HealthRow[]> =>
  tx.query(
    `SELECT ${healthColumns} FROM registry.connection c LEFT JOIN registry.connection_health h ON h.connection_id = c.id
     WHERE c.platform_id = $1 AND ($2::text IS NULL OR c.project_id = $2 OR c.id = $3) AND ($3::text IS NULL OR c.id = $3)
       AND c.deleted_at IS NULL AND c.status IN ('active', 'degraded')
     ORDER BY h.computed_at NULLS FIRST, c.id LIMIT ${most}`,
    [platformId, projectId, id ?? null],
  );
