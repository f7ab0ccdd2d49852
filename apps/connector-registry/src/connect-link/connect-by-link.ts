import { authMethodOf, connectLinks, isOauth, newId, type ConnectionValue, type KeyCredential, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { surelyFailed } from '../connection/attempt/end-attempt.js';
import { requireAuthMethod } from '../connection/connector-for.js';
import { giveCredential } from '../connection/give-credential.js';
import { catalogFor } from '../connector-definition/catalog-for.js';
import type { RegistryParts } from '../registry-parts.js';
import { beginByLink } from './begin-by-link.js';
import { claimLink, releaseLink } from './claim-link.js';
import { findOpenLink } from './find-open-link.js';
import { offeredConnector } from './offered-connector.js';

type Contract = typeof connectLinks.connect;

/**
 * Connects by a link with the key a person brings. The link is kept for this attempt while the key is verified; it is used up in the
 * transaction that activates the connection, and open again if the key is refused.
 */
export async function connectByLink(parts: RegistryParts, { token, connector: name, inputs: said, value: given }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const link = await findOpenLink(parts.sql, token);
  const connector = offeredConnector(await catalogFor(parts, link, ...link.connectors, name), link, name);
  const value = requireKey(given);
  requireAuthMethod(connector, authMethodOf(value.type)!);
  const attempt = newId('authorization');
  const { who, begun, inputs } = await beginByLink(parts, link, { connector, type: value.type, inputs: said }, (tx, { row }) => claimLink(tx, { linkId: link.id, connectionId: row.id, by: attempt }));
  try {
    return await giveCredential(parts, { who, begun, value, inputs, allowOtherAccount: link.allowOtherAccount, details: { connectLinkId: link.id, endUserId: link.endUser.id } }, async (_tx, row) => ({
      connectionId: row.id,
      connector: connector.id,
      account: { id: row.accountId, name: row.accountName },
      returnUrl: link.returnUrl,
    }));
  } catch (error) {
    // Without a definite answer the key may have been stored: then its event uses the link up, or the claim lapses.
    if (surelyFailed(error)) await asTenant(parts.database, { platformId: link.platformId, projectId: link.projectId }, (tx) => releaseLink(tx, attempt));
    throw error;
  }
}

/** A person brings a key of his own: nothing of OAuth, which goes by consent, and none of the project's generated keys. @throws AppError VALIDATION */
function requireKey(value: ConnectionValue): KeyCredential {
  if (isOauth(value.type) || value.type === 'PLACEHOLDER') throw new AppError('VALIDATION', 'value: must be a key.', { params: { issues: [{ path: 'value.type', message: 'must be a key' }] } });
  const key = value as KeyCredential;
  if ('signingKeyId' in key && key.signingKeyId !== undefined) {
    throw new AppError('VALIDATION', 'value: a link takes a private key, not the id of a generated one.', { params: { issues: [{ path: 'value.signingKeyId', message: 'is not taken here' }] } });
  }
  return key;
}
