import { authorizations, connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { requireProject } from '../access/require-project.js';
import { ProjectRow } from '../project/project.entity.js';
import { allowedReturnUrl } from '../project/return-url.js';
import type { RegistryParts } from '../registry-parts.js';
import { beginAttempt } from './begin-attempt.js';
import { connectorNamed, requireAuthMethod, requireInputs } from './connector-for.js';
import { endAttempt, surelyFailed } from './end-attempt.js';

type Contract = typeof connections.authorize;

/** Begins an OAuth connection. */
export async function authorize(parts: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { database, catalog, rpc } = parts;
  const who = requireProject(request.principal, 'connections:write');
  const connector = connectorNamed(catalog, request.connector);
  requireAuthMethod(connector, 'OAUTH2');
  const inputs = requireInputs(connector, request.inputs);
  const { returnUrls } = await database.getRepository(ProjectRow).findOneByOrFail({ id: who.projectId, platformId: who.platformId });
  const returnUrl = allowedReturnUrl(returnUrls, request.returnUrl);
  const { externalId, displayName, callback, browserBinding } = request;
  const row = await beginAttempt(parts, { who, connector, authMethod: 'OAUTH2', inputs, externalId, displayName });
  try {
    const { authorizationUrl, expiresAt } = await rpc.call(authorizations.start, {
      principal: who,
      connectionId: row.id,
      platformId: row.platformId,
      projectId: row.projectId,
      ownerId: row.ownerId,
      connector: row.connector,
      inputs,
      callback,
      returnUrl,
      browserBinding,
    });
    return { connectionId: row.id, connector: row.connector, authorizationUrl, expiresAt };
  } catch (error) {
    if (surelyFailed(error)) await database.transaction((tx) => endAttempt(tx, { connectionId: row.id, projectId: row.projectId }));
    throw error;
  }
}
