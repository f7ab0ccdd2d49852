import { authMethodOf, connections, type Connection, type RequestOf } from '@trunkline/contracts';
import { requireTenant } from '../access/require-tenant.js';
import { catalogFor } from '../connector-definition/catalog-for.js';
import type { RegistryParts } from '../registry-parts.js';
import { beginAttempt } from './attempt/begin-attempt.js';
import { placingOf } from './attempt/placing.js';
import { changeConnection, type Changed } from './change-connection.js';
import { configureCredential } from './configure-credential.js';
import { requireAuthMethod } from './connector-for.js';
import { giveCredential } from './give-credential.js';
import { keepPlace } from './keep-place.js';
import { toConnection } from './to-connection.js';

/**
 * Connects with what the caller brings: a new connection, or a new credential for the one of that externalId. Besides the credential it
 * takes what the caller says of the connection; of what it had nothing is mixed into it.
 */
export async function connect(parts: RegistryParts, request: RequestOf<typeof connections.connect>): Promise<Connection> {
  const who = requireTenant(request.principal, 'connections:write');
  const placing = placingOf(await catalogFor(parts, who, request.connector), who, request);
  const { value, allowOtherAccount } = request;
  if (value.type === 'PLACEHOLDER') return keepPlace(parts, who, placing);
  const method = authMethodOf(value.type);
  if (method !== null) requireAuthMethod(placing.connector, method);
  const begun = await beginAttempt(parts, { who, placing, type: value.type });
  let changed: Changed | undefined;
  const connection = await giveCredential(parts, { who, begun, value, inputs: placing.inputs, allowOtherAccount }, async (tx, row) => {
    // When a key lapses is said of that key: of a new one it is unknown unless it is said again.
    changed = await changeConnection(parts, tx, who, row, { ...placing.change, expires: placing.change.expires ?? null });
    return toConnection(tx, changed.row);
  });
  if (changed?.configured === true) await configureCredential(parts, connection.id);
  return connection;
}
