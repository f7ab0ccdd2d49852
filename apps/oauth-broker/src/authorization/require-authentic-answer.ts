import { whyUnsigned, type OauthApp, type Target } from '@trunkline/connector-kit';
import type { BrokerParts } from '../broker-parts.js';
import type { Authorization } from './authorization.js';
import { endpointsDigest } from './endpoints-digest.js';
import { refusedCallback, type Returned } from './use-up-state.js';

function refuse({ context }: BrokerParts, { id, connector }: Authorization, refusedBy: string): never {
  context.logger.warn({ refusedBy, authorizationId: id, connector }, 'a callback was refused');
  throw refusedCallback();
}

/**
 * The provider's signature, where it signs. It needs the app's secret, and so comes after the state is used up; nothing has been sent yet.
 * @throws AppError AUTHORIZATION_STATE_INVALID
 */
export function requireSignature(parts: BrokerParts, { authorization, nowSeconds }: Returned, { clientSecret }: OauthApp, query: Readonly<Record<string, string>>): void {
  const target: Target = { connector: parts.catalog.get(authorization.connector), inputs: authorization.inputs, settings: parts.connectorSettings };
  const why = whyUnsigned(target, query, clientSecret, nowSeconds);
  if (why !== null) refuse(parts, authorization, why);
}

/** What an issuer publishes now is what it published when the person was sent there. @throws AppError AUTHORIZATION_STATE_INVALID */
export function requireSameEndpoints(parts: BrokerParts, walk: Authorization, target: Target): void {
  const now = endpointsDigest(target);
  if (walk.endpointsDigest !== null && now?.equals(walk.endpointsDigest) !== true) refuse(parts, walk, 'same-endpoints');
}
