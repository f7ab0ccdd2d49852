import type { Flow, flows, RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { findFlow } from './find-flow.js';
import { tenantOf, toFlow } from './flow.js';
import type { FlowParts } from './flow-parts.js';

export async function getFlow({ database, connectors }: FlowParts, { principal, id }: RequestOf<typeof flows.get>): Promise<Flow> {
  const tenant = tenantOf(principal, 'flows:read');
  const found = await asTenant(database, tenant, (tx) => findFlow(tx, tenant, id));
  await connectors.readyIfPossible(found.connector);
  return toFlow(found, connectors.find(found.connector));
}
