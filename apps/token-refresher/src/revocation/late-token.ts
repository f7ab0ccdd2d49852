import type { Connector } from '@trunkline/catalog';
import type { AuthMethodName } from '@trunkline/contracts';
import { isSecond } from '../credential/token-id.js';
import type { RevocationExtent } from './revocation-queue.js';

/**
 * What to end of a token that came too late to be stored. If the connection is gone, everything. If it lives on with another token, never
 * the refresh token: at most providers that ends the grant, and with it the token in use. And where refresh tokens do not rotate, nothing
 * at all: late and stored token hang on one refresh token, which a server may end together with an access token (RFC 7009 §2.1; Google
 * does). The late one is forgotten and dies by itself. Nor where the
 * provider's call ends the whole grant whatever it is given (Shopify uninstalls the app); a further token that was dropped is then left
 * alone too, since its connection may live on with the first.
 */
export function extentOfLate(outcome: 'overtaken' | 'deleted', connector: Connector, type: AuthMethodName = 'OAUTH2', rowId = ''): RevocationExtent | null {
  if (isSecond(rowId) && connector.auth.OAUTH2?.revocation?.ends === 'grant') return null;
  if (outcome === 'deleted') return 'grant';
  // Tokens that came for assertions hang on nothing together.
  if (type === 'JWT_BEARER') return 'access';
  const { refresh, revocation } = connector.auth.OAUTH2 ?? {};
  return refresh?.rotates === true && revocation?.ends !== 'grant' ? 'access' : null;
}
