import { connections, mayDo, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { requireTenant } from '../access/require-tenant.js';
import { findConnection } from '../connection/find-connection.js';
import { tenantOf } from '../connection/rights.js';
import type { RegistryParts } from '../registry-parts.js';
import { hearCall } from './hear-call.js';

/** Whoever is handed tokens may say how the calls went that it made with them. Counted when it is said: its clock is not asked. */
export async function reportCall({ database }: RegistryParts, { principal, id, outcome, code }: RequestOf<typeof connections.report>): Promise<ReplyOf<typeof connections.report>> {
  const who = requireTenant(principal, mayDo(principal, 'connections:write') ? 'connections:write' : 'tokens:resolve');
  await asTenant(database, tenantOf(who), (tx) => findConnection(tx, who, id, false));
  await database.transaction(async (tx) => {
    const [{ at }] = (await tx.query('SELECT now() AS at')) as [{ at: Date }];
    await hearCall(tx, { connectionId: id, at: at.toISOString(), source: 'caller', outcome, code });
  });
  return {};
}
