import type { flows, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { keepBrief } from '../brief-transaction.js';
import { cancelRuns } from '../run/cancel-runs.js';
import { findFlow } from './find-flow.js';
import { invalid, tenantOf } from './flow.js';
import type { FlowParts } from './flow-parts.js';

/** Ends a flow: what is under way is cancelled, what was published stays. The row goes when its runs are forgotten. */
export async function deleteFlow({ database, outbox }: FlowParts, { principal, id }: RequestOf<typeof flows.delete>): Promise<ReplyOf<typeof flows.delete>> {
  const tenant = tenantOf(principal, 'flows:write');
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const flow = await findFlow(tx, tenant, id, { lock: true });
    if (flow.isDefault) throw invalid('id', 'this flow came with its connection and goes with it; set "enabled" to false instead');
    await cancelRuns(tx, outbox, id, { code: 'flow_deleted', message: 'The flow was deleted.' });
    await tx.query('UPDATE sync.flow SET deleted_at = now(), updated_at = now() WHERE id = $1', [id]);
    const details = { connectionId: flow.connectionId, connector: flow.connector };
    await tellAudit(outbox, tx, { who: principal, tenant: { ...tenant, projectId: flow.projectId }, action: 'flow.deleted', target: { type: 'flow', id }, details });
    return { deleted: id };
  });
}
