import type { Connector } from '@trunkline/catalog';
import { algorithmsOf, PrivateKeyError, readPrivateKey } from '@trunkline/connector-kit';
import type { oauthApps, RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

type Offered = RequestOf<typeof oauthApps.put>['oauthApp'];

const invalid = (path: keyof Offered, message: string): AppError => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });

/**
 * An app proves itself in the one way its connector asks for: with a secret, with a key, or not at all.
 * @throws AppError VALIDATION
 */
export function checkProof(connector: Connector, offered: Offered): void {
  const { clientSecret, privateKey, keyId } = offered;
  const { name } = connector;
  const method = connector.auth.OAUTH2!.clientAuthentication;
  if (keyId !== undefined && privateKey === undefined) throw invalid('keyId', 'must be left out without a privateKey, whose name it is');
  if (method === 'private_key_jwt') return checkKey(connector, offered);
  if (privateKey !== undefined) throw invalid('privateKey', `must be left out, because ${name} does not take client assertions`);
  if (method !== 'none' && clientSecret === undefined) throw invalid('clientSecret', `is needed, because ${name} asks its clients for one`);
}

function checkKey({ name, auth }: Connector, { clientSecret, privateKey }: Offered): void {
  if (clientSecret !== undefined) throw invalid('clientSecret', `must be left out, because ${name} takes a privateKey in its place`);
  if (privateKey === undefined) throw invalid('privateKey', `is needed, because ${name} asks its clients to sign with one`);
  const { algorithms } = auth.OAUTH2!.clientAssertion;
  try {
    const possible = algorithmsOf(readPrivateKey(privateKey));
    if (!algorithms.some((algorithm) => possible.includes(algorithm))) throw invalid('privateKey', `is of the wrong kind; ${name} verifies ${algorithms.join(', ')}`);
  } catch (error) {
    if (error instanceof PrivateKeyError) throw invalid('privateKey', error.message);
    throw error;
  }
}
