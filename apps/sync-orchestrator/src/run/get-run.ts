import type { Run, RequestOf, runs } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { tenantOf } from '../flow/flow.js';
import type { FlowParts } from '../flow/flow-parts.js';
import { findRun, withStreams } from './find-run.js';

export async function getRun({ database }: FlowParts, { principal, id }: RequestOf<typeof runs.get>): Promise<Run> {
  const tenant = tenantOf(principal, 'flows:read', 'syncs:run');
  return asTenant(database, tenant, async (tx) => (await withStreams(tx, [await findRun(tx, tenant, id)]))[0]!);
}
