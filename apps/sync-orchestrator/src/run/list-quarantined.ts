import type { ReplyOf, RequestOf, runs } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { tenantOf } from '../flow/flow.js';
import type { FlowParts } from '../flow/flow-parts.js';
import { findRun } from './find-run.js';

interface PutAside {
  readonly id: string;
  readonly cursor_at: string;
  readonly stream: string;
  readonly reason: string;
  readonly page: number;
  readonly position: number;
  readonly createdAt: Date;
}

/** Numbers as texts that sort alike. */
const columns = { at: 'created_at', id: `lpad(id::text, 20, '0')` };

/** The records of a run that were put aside, and why, oldest first. What they held is not kept. */
export async function listQuarantined({ database, pages }: FlowParts, { principal, id, limit, cursor }: RequestOf<typeof runs.quarantined>): Promise<ReplyOf<typeof runs.quarantined>> {
  const tenant = tenantOf(principal, 'flows:read', 'syncs:run');
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'quarantined', ...tenant, runId: id }, { columns, firstParameter: 2 }, (query) =>
    asTenant(database, tenant, async (tx) => {
      await findRun(tx, tenant, id);
      const found: PutAside[] = await tx.query(
        `SELECT ${columns.id} AS id, created_at::text AS cursor_at, stream, reason, page::float8 AS page, position, created_at AS "createdAt"
         FROM sync.quarantine WHERE run_id = $1 AND ${query.condition} ORDER BY ${query.order} LIMIT ${query.limit}`,
        [id, ...query.values],
      );
      return found;
    }),
  );
  return { data: rows.map(({ stream, reason, page, position, createdAt }) => ({ stream, reason, page, position, created: createdAt.toISOString() })), next, previous };
}
