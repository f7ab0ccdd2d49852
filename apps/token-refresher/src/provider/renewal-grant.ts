import type { Connector } from '@trunkline/catalog';
import type { Grant } from '@trunkline/connector-kit';
import type { Secret } from '@trunkline/contracts';
import { digestOf } from '../credential/secret-members.js';

/** What decides how a token is renewed. */
export interface Renewable {
  readonly refreshToken: Secret | null;
  readonly grantType?: 'authorization_code' | 'client_credentials' | undefined;
}

/**
 * How a new access token is got without the person: by the refresh token, or, where the client's credentials alone were the grant, by
 * asking again (RFC 6749 §4.4.3 gives no refresh token then). Null: not at all.
 */
export function renewalGrant(connector: Connector | undefined, { refreshToken, grantType }: Renewable): Grant | null {
  const oauth = connector?.auth.OAUTH2;
  if (oauth === undefined) return null;
  if (refreshToken !== null) return oauth.refresh.supported ? { grantType: 'refresh_token', refreshToken } : null;
  const byClient = grantType === 'client_credentials' || oauth.grantTypes.every((type) => type === 'client_credentials');
  return byClient && oauth.grantTypes.includes('client_credentials') ? { grantType: 'client_credentials' } : null;
}

/**
 * Names what a request uses up, for the intent: two attempts with the same digest used the same token. An assertion is new each time and
 * its loss costs nothing, so all of a credential have one name.
 */
export const grantDigest = (grant: Grant): string => digestOf(grant.grantType === 'refresh_token' ? grant.refreshToken.reveal() : grant.grantType);

/** True where a request whose answer was lost may have used up what the next one needs. */
export const isUsedUp = (grant: Grant): boolean => grant.grantType === 'refresh_token';
