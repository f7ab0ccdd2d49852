import { connections, credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { requireProject } from '../access/require-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { activate } from './activate.js';
import { beginAttempt } from './begin-attempt.js';
import { connectorNamed, requireAuthMethod, requireInputs } from './connector-for.js';
import { endAttempt, surelyFailed } from './end-attempt.js';
import { toConnection } from './to-connection.js';

type Contract = typeof connections.connect;

/**
 * Connects with a key. The keeper verifies and stores it; the connection is `pending` meanwhile and gone again if the key is
 * refused. If we die after the keeper stored it, its event activates the connection in our place.
 */
export async function connect(parts: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { database, catalog, rpc } = parts;
  const who = requireProject(request.principal, 'connections:write');
  const connector = connectorNamed(catalog, request.connector);
  requireAuthMethod(connector, request.credential.type);
  const inputs = requireInputs(connector, request.inputs);
  const { externalId, displayName, credential } = request;
  const row = await beginAttempt(parts, { who, connector, authMethod: credential.type, inputs, externalId, displayName });
  const { id: connectionId, platformId, projectId, ownerId } = row;
  try {
    const put = { connectionId, platformId, projectId, ownerId, connector: connector.id, inputs, credential };
    const { account, credentialVersion } = await rpc.call(credentials.put, put);
    return toConnection(await activate(parts, { connectionId, account, credentialVersion }));
  } catch (error) {
    if (surelyFailed(error)) await database.transaction((tx) => endAttempt(tx, { connectionId, projectId }));
    if (!(error instanceof AppError) || error.code !== 'ENTITY_NOT_FOUND') throw error;
    throw new AppError('CONFLICT', 'The connection was removed while it was being connected.', { cause: error });
  }
}
