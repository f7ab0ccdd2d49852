import type { Run, RequestOf, runs } from '@trunkline/contracts';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { keepBrief } from '../brief-transaction.js';
import { tenantOf } from '../flow/flow.js';
import type { FlowParts } from '../flow/flow-parts.js';
import { cancelRuns } from './cancel-runs.js';
import { findRun, withStreams } from './find-run.js';
import { isActiveRun } from './run.js';

/** Ends a run. What was read stays, and the next run goes on from there. One that is over is answered as it is. */
export async function cancelRun({ database, outbox }: FlowParts, { principal, id }: RequestOf<typeof runs.cancel>): Promise<Run> {
  const tenant = tenantOf(principal, 'syncs:run');
  return asTenant(database, tenant, async (tx) => {
    await keepBrief(tx);
    const { flowId, projectId } = await findRun(tx, tenant, id);
    await tx.query('SELECT 1 FROM sync.flow WHERE id = $1 FOR NO KEY UPDATE', [flowId]);
    const before = await findRun(tx, tenant, id);
    if (isActiveRun(before.status)) {
      await cancelRuns(tx, outbox, flowId, { code: 'cancelled', message: 'The run was cancelled.' }, id);
      await tellAudit(outbox, tx, { who: principal, tenant: { ...tenant, projectId }, action: 'run.cancelled', target: { type: 'run', id }, details: { flowId } });
    }
    return (await withStreams(tx, [await findRun(tx, tenant, id)]))[0]!;
  });
}
