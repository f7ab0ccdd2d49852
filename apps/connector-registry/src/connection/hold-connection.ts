import { connections, type Connection, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { configureCredential } from './configure-credential.js';
import { after } from './connection.js';
import { findConnection } from './find-connection.js';
import { moveConnection } from './move-connection.js';
import { requireMayChange, tenantOf } from './rights.js';
import { toConnection } from './to-connection.js';

/** Puts a person's hold on a connection: when this answers, nobody is handed its credential any more. */
export const disable = (parts: RegistryParts, request: RequestOf<typeof connections.disable>) => hold(parts, request, 'disable');

/** Takes the hold off; the connection stands where it would have stood. */
export const enable = (parts: RegistryParts, request: RequestOf<typeof connections.enable>) => hold(parts, request, 'enable');

async function hold(parts: RegistryParts, request: RequestOf<typeof connections.disable>, move: 'disable' | 'enable'): Promise<Connection> {
  const who = requireTenant(request.principal, 'connections:write');
  const connection = await asTenant(parts.database, tenantOf(who), async (tx) => {
    const row = await findConnection(tx, who, request.id);
    requireMayChange(row, who, `${move} it`);
    if (after(row, move).status === row.status) return toConnection(tx, row);
    const moved = await moveConnection(parts, tx, row, { name: move });
    const { id, platformId, projectId } = row;
    await recordAudit(tx, { who, tenant: { platformId, projectId }, action: `connection.${move}d`, target: { type: 'app_connection', id } });
    return toConnection(tx, moved);
  });
  // Also if nothing changed: whoever asks a second time may do so because the keeper was away at the first.
  await configureCredential(parts, connection.id);
  return connection;
}
