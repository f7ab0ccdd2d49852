import type { flows, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { tenantIn } from './flow.js';
import type { FlowParts } from './flow-parts.js';

/** Planned anew each time, for as many ids as there are. */
const usage = `
  SELECT named.id AS "connectionId", array_agg(f.id ORDER BY f.id) AS "flowIds", count(*) FILTER (WHERE f.enabled)::int AS enabled
    FROM unnest($1::text[]) AS named(id)
    JOIN sync.flow f ON (f.connection_id = named.id AND NOT f.is_default) OR f.destination_connection_id = named.id
    WHERE f.platform_id = $2 AND ($3::text IS NULL OR f.project_id = $3) AND f.deleted_at IS NULL
    GROUP BY named.id`;

/** Which flows that people made read these connections, and which flows write to them, in the principal's project or platform. A connection that none names is left out. */
export async function flowUsage({ database }: FlowParts, { principal, connectionIds }: RequestOf<typeof flows.usage>): Promise<ReplyOf<typeof flows.usage>> {
  const tenant = tenantIn(principal);
  const rows = await asTenant(
    database,
    tenant,
    (tx) => tx.query<{ connectionId: string; flowIds: string[]; enabled: number }[]>(usage, [[...new Set(connectionIds)], tenant.platformId, tenant.projectId]),
  );
  return {
    flowIds: Object.fromEntries(rows.map(({ connectionId, flowIds }) => [connectionId, flowIds])),
    enabled: Object.fromEntries(rows.map(({ connectionId, enabled }) => [connectionId, enabled])),
  };
}
