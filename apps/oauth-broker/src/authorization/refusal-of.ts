import type { Connector } from '@trunkline/catalog';
import type { RefusedTokens } from '@trunkline/connector-kit';
import type { ErrorCode } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** Whose turn it is: the person's, the operator's, or nobody's but time's. */
const codes: Readonly<Record<RefusedTokens['class'], ErrorCode>> = {
  reauth: 'AUTHORIZATION_FAILED',
  misconfigured: 'CONNECTOR_MISCONFIGURED',
  transient: 'PROVIDER_UNAVAILABLE',
};

/**
 * A refused exchange as the error a caller gets.
 * @param appIsCallers the OAuth app came with the request: that the provider does not take it is the caller's to mend
 */
export function refusalOf(connector: Connector, refused: RefusedTokens, appIsCallers = false): AppError {
  const code = appIsCallers && refused.class === 'misconfigured' ? 'INVALID_APP_CONNECTION' : codes[refused.class];
  const wait = refused.retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(refused.retryAfterMs / 1_000) };
  return new AppError(code, `${refused.message}.`, { params: { connector: connector.id, providerError: refused.error, ...wait } });
}
