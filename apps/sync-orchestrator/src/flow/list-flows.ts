import type { flows, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { flowColumns, tenantOf, toFlow, type FlowRecord } from './flow.js';
import type { FlowParts } from './flow-parts.js';

/** The flows of the principal's project (or platform), default ones too, oldest first. */
export async function listFlows({ database, pages, connectors }: FlowParts, { principal, connectionId, limit, cursor }: RequestOf<typeof flows.list>): Promise<ReplyOf<typeof flows.list>> {
  const tenant = tenantOf(principal, 'flows:read');
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'flows', ...tenant, connectionId }, { firstParameter: 4 }, (query) =>
    asTenant(database, tenant, async (tx) => {
      const found: (FlowRecord & { readonly cursor_at: string })[] = await tx.query(
        `SELECT ${flowColumns}, created_at::text AS cursor_at FROM sync.flow
         WHERE platform_id = $1 AND ($2::text IS NULL OR project_id = $2) AND ($3::text IS NULL OR connection_id = $3) AND deleted_at IS NULL AND ${query.condition}
         ORDER BY ${query.order} LIMIT ${query.limit}`,
        [tenant.platformId, tenant.projectId, connectionId ?? null, ...query.values],
      );
      return found;
    }),
  );
  await connectors.readyIfPossible(...rows.map(({ connector }) => connector));
  return { data: rows.map((row) => toFlow(row, connectors.find(row.connector))), next, previous };
}
