import { authorizations, connectLinks, isOauth, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { endAttempt, surelyFailed } from '../connection/attempt/end-attempt.js';
import { requireAuthMethod } from '../connection/connector-for.js';
import { catalogFor } from '../connector-definition/catalog-for.js';
import type { RegistryParts } from '../registry-parts.js';
import { beginByLink } from './begin-by-link.js';
import { findOpenLink } from './find-open-link.js';
import { offeredConnector } from './offered-connector.js';

type Contract = typeof connectLinks.authorize;

/** Begins an OAuth walk from a link. Any number may be begun: the link is kept for one only when a code has come ({@link claimLink}). */
export async function authorizeByLink(parts: RegistryParts, { token, connector: name, inputs: said, browserBinding }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { database, rpc } = parts;
  const link = await findOpenLink(parts.sql, token);
  const connector = offeredConnector(await catalogFor(parts, link, ...link.connectors, name), link, name);
  requireAuthMethod(connector, 'OAUTH2');
  const { who, begun: { row, projectIds }, inputs } = await beginByLink(parts, link, { connector, type: 'OAUTH2', inputs: said });
  const { id: connectionId, platformId, projectId, ownerId } = row;
  try {
    const { authorizationUrl, expiresAt } = await rpc.call(authorizations.start, {
      principal: who,
      connectionId,
      platformId,
      projectId,
      projectIds,
      ownerId,
      connector: connector.id,
      inputs,
      ...(link.connectionId !== null && isOauth(row.type) ? { type: row.type } : {}),
      reconnect: row.credentialVersion !== null,
      allowOtherAccount: link.allowOtherAccount,
      scopes: link.scopes,
      grantedScopes: row.grantedScopes,
      callback: 'oauth',
      returnUrl: link.returnUrl,
      browserBinding,
      connectLink: { id: link.id, endUserId: link.endUser.id },
    });
    return { connectionId, connector: connector.id, authorizationUrl, expiresAt };
  } catch (error) {
    if (surelyFailed(error)) await asTenant(database, { platformId, projectId }, (tx) => endAttempt(tx, { connectionId, projectId }));
    throw error;
  }
}
