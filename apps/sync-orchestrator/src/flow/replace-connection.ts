import type { EntityManager } from 'typeorm';
import type { flows, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit, type Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import { holdSources } from '../source/source.js';
import { tenantIn } from './flow.js';
import type { FlowParts } from './flow-parts.js';
import { leaveSource } from './leave-source.js';

type Replacement = RequestOf<typeof flows.replaceConnection>;
interface MovedFlow {
  readonly id: string;
  readonly projectId: string;
}

/**
 * Every flow that people made and that names the source names the target from now on, in the principal's project or platform; all or none.
 * Both connections are held: a flow that is being made on the source is made before and taken along, or after.
 */
export async function replaceConnection({ database, outbox }: FlowParts, request: Replacement): Promise<ReplyOf<typeof flows.replaceConnection>> {
  const { principal, sourceId, targetId } = request;
  const tenant = tenantIn(principal);
  if (sourceId === targetId) throw new AppError('CONFLICT', 'A connection cannot take its own place.');
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const platformId = tenant.platformId!;
    const states = await holdSources(tx, [sourceId, targetId].map((id) => ({ id, platformId, state: 'present' })));
    const targetState = states.get(targetId);
    if (targetState === undefined || targetState === 'missing') throw new AppError('CONFLICT', 'The connection that is to take the place was deleted.');
    const moved = await flowsOn(tx, tenant, request);
    const ids = moved.map(({ id }) => id);
    await leaveSource(tx, outbox, ids, { code: 'connection_replaced', message: 'The flow reads another connection now.' });
    await tx.query('UPDATE sync.flow SET connection_id = $2, source_state = $3, updated_at = now() WHERE id = ANY($1)', [ids, targetId, targetState]);
    for (const { id, projectId } of moved) {
      await tellAudit(outbox, tx, { who: principal, tenant: { platformId, projectId }, action: 'flow.replaced', target: { type: 'flow', id }, details: { sourceId, targetId } });
    }
    return { flowIds: ids };
  });
}

/** Locked, in order. */
async function flowsOn(tx: EntityManager, { platformId, projectId }: Tenant, { sourceId, connector }: Replacement): Promise<MovedFlow[]> {
  return (await tx.query(
    `SELECT id, project_id AS "projectId" FROM sync.flow
     WHERE connection_id = $1 AND connector = $2 AND platform_id = $3 AND ($4::text IS NULL OR project_id = $4) AND NOT is_default AND deleted_at IS NULL
     ORDER BY id FOR NO KEY UPDATE`,
    [sourceId, connector, platformId, projectId],
  )) as MovedFlow[];
}
