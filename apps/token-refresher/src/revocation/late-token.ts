import type { Connector } from '@trunkline/catalog';
import type { RevocationExtent } from './revocation-queue.js';

/**
 * What to end of a token that came too late to be stored. If the connection is gone, everything. If it lives on with another token, never
 * the refresh token: at most providers that ends the grant, and with it the token in use. And where refresh tokens do not rotate, nothing
 * at all: late and stored token hang on one refresh token, which a server may end together with an access token (RFC 7009 §2.1; Google
 * does). The late one is forgotten and dies by itself.
 */
export function extentOfLate(outcome: 'overtaken' | 'deleted', connector: Connector): RevocationExtent | null {
  if (outcome === 'deleted') return 'grant';
  return connector.auth.OAUTH2?.refresh.rotates === true ? 'access' : null;
}
