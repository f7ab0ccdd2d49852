import type { EntityManager } from 'typeorm';
import type { flows, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit, type Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import { holdSources } from '../source/source.js';
import { tenantIn } from './flow.js';
import type { FlowParts } from './flow-parts.js';
import { beginAnew } from './streams-anew.js';

type Replacement = RequestOf<typeof flows.replaceConnection>;
interface MovedFlow {
  readonly id: string;
  readonly projectId: string;
  /** Which end of it is replaced. */
  readonly end: 'reads' | 'writes';
  /** The other end: what it writes to, of one that reads the source; what it reads, of one that writes to it. */
  readonly otherEnd: string | null;
}

const reasons = {
  reads: { code: 'connection_replaced', message: 'The flow reads another connection now.' },
  writes: { code: 'destination_replaced', message: 'The flow writes to another connection now.' },
} as const;

/**
 * Every flow that people made and that reads the source, and every flow that writes to it, names the target from now on, in the principal's
 * project or platform; all or none. Both connections are held: a flow that is being made on the source is made before and taken along, or
 * after.
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
    const moved = await flowsOf(tx, tenant, request);
    const into = moved.find(({ otherEnd }) => otherEnd === targetId);
    if (into !== undefined) throw new AppError('CONFLICT', 'A flow goes from the one connection to the other: it would read what it writes. Change or delete it first.', { params: { flowId: into.id } });
    for (const { id, end } of moved) await beginAnew(tx, outbox, id, () => true, reasons[end]);
    const those = (wanted: MovedFlow['end']) => moved.filter(({ end }) => end === wanted).map(({ id }) => id);
    await tx.query('UPDATE sync.flow SET connection_id = $2, source_state = $3, updated_at = now() WHERE id = ANY($1)', [those('reads'), targetId, targetState]);
    await tx.query(
      `UPDATE sync.flow SET destination = jsonb_set(destination, '{connectionId}', to_jsonb($2::text)), destination_state = $3, updated_at = now() WHERE id = ANY($1)`,
      [those('writes'), targetId, targetState],
    );
    for (const { id, projectId } of moved) {
      await tellAudit(outbox, tx, { who: principal, tenant: { platformId, projectId }, action: 'flow.replaced', target: { type: 'flow', id }, details: { sourceId, targetId } });
    }
    return { flowIds: moved.map(({ id }) => id) };
  });
}

/** Locked, in order. Of a default flow that writes to it, too, a person has said so. */
async function flowsOf(tx: EntityManager, { platformId, projectId }: Tenant, { sourceId, connector }: Replacement): Promise<MovedFlow[]> {
  return (await tx.query(
    `SELECT id, project_id AS "projectId", CASE WHEN connection_id = $1 THEN 'reads' ELSE 'writes' END AS "end",
            CASE WHEN connection_id = $1 THEN destination_connection_id ELSE connection_id END AS "otherEnd"
     FROM sync.flow
     WHERE ((connection_id = $1 AND connector = $2 AND NOT is_default) OR destination_connection_id = $1)
       AND platform_id = $3 AND ($4::text IS NULL OR project_id = $4) AND deleted_at IS NULL
     ORDER BY id FOR NO KEY UPDATE`,
    [sourceId, connector, platformId, projectId],
  )) as MovedFlow[];
}
