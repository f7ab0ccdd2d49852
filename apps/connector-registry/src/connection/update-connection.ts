import { connections, mayDo, type Connection, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant, type TenantPrincipal } from '../access/require-tenant.js';
import type { RegistryParts } from '../registry-parts.js';
import { changeConnection } from './change-connection.js';
import { configureCredential } from './configure-credential.js';
import type { ConnectionRow } from './connection.entity.js';
import { findConnection } from './find-connection.js';
import { managesPlatform, requireMayChange, tenantOf } from './rights.js';
import { toConnection } from './to-connection.js';

type Request = RequestOf<typeof connections.update>;

/** Changes what is not the credential: a name and notes by whoever may write, the rest by whom it concerns. */
export async function updateConnection(parts: RegistryParts, { principal, id, change }: Request): Promise<Connection> {
  const who = requireTenant(principal, 'connections:write');
  const { connection, configured } = await asTenant(parts.database, tenantOf(who), async (tx) => {
    const row = await findConnection(tx, who, id);
    requireRights(row, who, change);
    const changed = await changeConnection(parts, tx, who, row, change);
    return { connection: await toConnection(tx, changed.row), configured: changed.configured };
  });
  if (configured) await configureCredential(parts, id);
  return connection;
}

/** @throws AppError AUTHORIZATION */
function requireRights(row: ConnectionRow, who: TenantPrincipal, { ownerId, expires }: Request['change']): void {
  if (row.scope === 'PLATFORM' && !managesPlatform(who)) throw new AppError('AUTHORIZATION', 'Only an admin of the platform may change a connection of scope PLATFORM.');
  if (ownerId !== undefined && ownerId !== row.ownerId && !mayDo(who, 'admin')) throw new AppError('AUTHORIZATION', 'Only an admin may give a connection to somebody else.');
  if (expires !== undefined) requireMayChange(row, who, 'say when its key lapses');
}
