import type { Run, RequestOf, runs } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import { findFlow } from '../flow/find-flow.js';
import { tenantOf } from '../flow/flow.js';
import type { FlowParts } from '../flow/flow-parts.js';
import { findRun, withStreams } from './find-run.js';
import { planRun } from './plan-run.js';
import { runUnderWay, startOne } from './start-run.js';

/**
 * A new run of the streams of this one that failed or were cancelled, from where they stood and as the flow has them now; if a run of
 * the flow is under way, that one.
 */
export async function retryRun(parts: FlowParts, { principal, id }: RequestOf<typeof runs.retry>): Promise<Run> {
  const { database, outbox, connectors } = parts;
  const tenant = tenantOf(principal, 'syncs:run');
  await connectors.ready((await asTenant(database, tenant, (tx) => findRun(tx, tenant, id))).connector);
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const row = await findRun(tx, tenant, id);
    const flow = await findFlow(tx, tenant, row.flowId, { lock: true });
    const underWay = await runUnderWay(tx, flow);
    if (underWay !== null) return underWay;
    const [before] = await withStreams(tx, [row]);
    const unread = before!.streams.filter(({ status }) => status === 'failed' || status === 'cancelled').map(({ stream }) => stream);
    const stillRead = new Set(planRun(connectors.offerOf(flow.connector) ?? { streams: [] }, flow.streams, flow.destination, unread).map(({ stream }) => stream));
    const only = unread.filter((stream) => stillRead.has(stream));
    if (unread.length === 0) throw new AppError('CONFLICT', 'No stream of this run failed or was cancelled: there is nothing to retry. Run the flow instead.', { params: { runId: id } });
    if (only.length === 0) throw new AppError('CONFLICT', 'The flow reads none of the streams any more that this run did not bring to an end.', { params: { runId: id } });
    const run = await startOne(tx, parts, 'retry', flow, { only });
    await tellAudit(outbox, tx, { who: principal, tenant: { ...tenant, projectId: flow.projectId }, action: 'run.retried', target: { type: 'run', id: run.id }, details: { flowId: flow.id, of: id, streams: only } });
    return run;
  });
}
