import type { flows, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { tenantIn } from './flow.js';
import type { FlowParts } from './flow-parts.js';

/** Planned anew each time, for as many ids as there are. */
const usage = `
  SELECT connection_id AS "connectionId", array_agg(id ORDER BY id) AS "flowIds", count(*) FILTER (WHERE enabled)::int AS enabled
    FROM sync.flow
    WHERE connection_id = ANY($1) AND platform_id = $2 AND ($3::text IS NULL OR project_id = $3) AND NOT is_default AND deleted_at IS NULL
    GROUP BY connection_id`;

/** Which flows that people made name these connections, in the principal's project or platform. A connection that none names is left out. */
export async function flowUsage({ database }: FlowParts, { principal, connectionIds }: RequestOf<typeof flows.usage>): Promise<ReplyOf<typeof flows.usage>> {
  const tenant = tenantIn(principal);
  const rows = await asTenant(
    database,
    tenant,
    (tx) => tx.query<{ connectionId: string; flowIds: string[]; enabled: number }[]>(usage, [connectionIds, tenant.platformId, tenant.projectId]),
  );
  return {
    flowIds: Object.fromEntries(rows.map(({ connectionId, flowIds }) => [connectionId, flowIds])),
    enabled: Object.fromEntries(rows.map(({ connectionId, enabled }) => [connectionId, enabled])),
  };
}
