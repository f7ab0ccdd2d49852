import { connections, type Connection, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { requireTenant } from '../access/require-tenant.js';
import type { RegistryParts } from '../registry-parts.js';
import { tenantOf } from './rights.js';
import { visibleConnection } from './to-connection.js';

/** One connection, without its credential. */
export function getConnection({ database }: RegistryParts, { principal, id }: RequestOf<typeof connections.get>): Promise<Connection> {
  const who = requireTenant(principal, 'connections:read');
  return asTenant(database, tenantOf(who), (tx) => visibleConnection(tx, who, id));
}
