import type { ReplyOf, RequestOf, runs } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { tenantOf } from '../flow/flow.js';
import type { FlowParts } from '../flow/flow-parts.js';
import { withStreams } from './find-run.js';
import { RunRow } from './run.entity.js';

/** The runs of the principal's project (or platform) that are not forgotten yet, newest first. */
export async function listRuns({ database, pages }: FlowParts, { principal, flowId, connectionId, status, limit, cursor }: RequestOf<typeof runs.list>): Promise<ReplyOf<typeof runs.list>> {
  const tenant = tenantOf(principal, 'flows:read', 'syncs:run');
  const binding = { list: 'runs', ...tenant, flowId, connectionId, status };
  const { rows, next, previous } = await pages.read({ limit, cursor }, binding, { firstParameter: 6, newestFirst: true }, (query) =>
    asTenant(database, tenant, async (tx) => {
      const found: { id: string; cursor_at: string }[] = await tx.query(
        `SELECT id, created_at::text AS cursor_at FROM sync.run
         WHERE platform_id = $1 AND ($2::text IS NULL OR project_id = $2) AND ($3::text IS NULL OR flow_id = $3) AND ($4::text IS NULL OR connection_id = $4)
           AND ($5::text IS NULL OR status = $5) AND ${query.condition}
         ORDER BY ${query.order} LIMIT ${query.limit}`,
        [tenant.platformId, tenant.projectId, flowId ?? null, connectionId ?? null, status ?? null, ...query.values],
      );
      return found;
    }),
  );
  const data = await asTenant(database, tenant, async (tx) => {
    const ids = rows.map(({ id }) => id);
    const found = ids.length === 0 ? [] : await tx.createQueryBuilder(RunRow, 'run').where('run.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(found.map((run) => [run.id, run]));
    return withStreams(tx, ids.flatMap((id) => byId.get(id) ?? []));
  });
  return { data, next, previous };
}
