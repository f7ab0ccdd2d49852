import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant, type TenantPrincipal } from '../../access/require-tenant.js';
import type { RegistryParts } from '../../registry-parts.js';
import { findConnection } from '../find-connection.js';
import { requireMayChange, tenantOf } from '../rights.js';
import { deleteCredential } from './delete-credential.js';
import { flowsThatUse, type Usage } from './flows-that-use.js';
import { removeConnections } from './remove-connections.js';

type Contract = typeof connections.delete;

/**
 * Deletes a connection: first, in one transaction, its row, the fact, and the note that its credential must go; then the credential. If
 * the keeper is away the connection is gone all the same and its credential follows.
 */
export async function deleteConnection(parts: RegistryParts, { principal, id, force }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'connections:write');
  const within = tenantOf(who);
  const seen = await asTenant(parts.database, within, (tx) => findConnection(tx, who, id, false));
  requireMayChange(seen, who, 'delete it');
  const usage = await usageOf(parts, who, id, force);
  if (!force && usage.enabled > 0) throw inUse(usage.enabled);
  const deletions = await asTenant(parts.database, within, async (tx) => {
    const row = await findConnection(tx, who, id);
    requireMayChange(row, who, 'delete it');
    return removeConnections(parts, tx, who, [row], () => usage.flowIds.length > 0);
  });
  await Promise.all(deletions.map((deletion) => deleteCredential(parts, deletion)));
  return { deleted: id };
}

/** Who insists is not kept waiting for the count: without it the row stays as `missing`. */
async function usageOf(parts: RegistryParts, who: TenantPrincipal, id: string, force: boolean): Promise<Usage> {
  try {
    return (await flowsThatUse(parts, who, [id])).get(id)!;
  } catch (error) {
    if (!force) throw error;
    parts.context.logger.warn({ error, connectionId: id }, 'a connection is deleted by force, and nobody could say which flows name it');
    return { flowIds: ['unknown'], enabled: 0 };
  }
}

const inUse = (count: number) =>
  new AppError('VALIDATION', `Connection is used in ${count} active flows. Please remove it from flows first.`, { params: { flows: count } });
