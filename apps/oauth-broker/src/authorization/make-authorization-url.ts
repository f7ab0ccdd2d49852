import { isOfferedTo } from '@trunkline/catalog';
import { authorizations, mayDo, Secret, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { authorizeEndpoint, scopesFor } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { runStrategy } from '../passport/run-strategy.js';
import { strategyFor } from '../passport/strategy-for.js';
import { newState } from './authorization.js';
import { openingStore } from './authorization-state-store.js';
import { checkConnectorAsksForConsent } from './checks/start/check-connector-asks-for-consent.js';
import { checkInputsFit } from './checks/start/check-inputs-fit.js';
import { checkScopesAreScopes } from './checks/start/check-scopes-are-scopes.js';
import { isOurCallback } from './redirect-uri.js';
import { resolvedTarget } from './resolved-target.js';

type Contract = typeof authorizations.url;

/** The address of a consent page that returns to the client itself. Nothing is kept: state and PKCE verifier are the client's to remember. */
export async function makeAuthorizationUrl(parts: BrokerParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, clientId, redirectUrl, inputs } = request;
  if (!mayDo(principal, 'connections:write')) throw new AppError('AUTHORIZATION', 'The key does not have the scope connections:write.', { params: { missingScope: 'connections:write' } });
  const written = (await parts.catalog.ready(request.connector)).find(request.connector);
  if (written === undefined || !isOfferedTo(written, principal)) throw AppError.notFound('connector', request.connector);
  const context = { connector: written, inputs, scopes: request.scopes, type: undefined, oauthApp: null, redirectUri: redirectUrl };
  for (const check of [checkConnectorAsksForConsent, checkInputsFit, checkScopesAreScopes]) check(context);
  if (isOurCallback(parts.context.config.publicUrl, redirectUrl)) {
    throw new AppError('INVALID_APP_CONNECTION', 'redirectUrl: is our own callback, which takes back only walks that were begun here. Give an address of yours.');
  }

  const { connector } = await resolvedTarget(parts, written, inputs);
  const state = request.state ?? newState();
  let codeVerifier: string | undefined;
  const strategy = strategyFor({
    oauth: connector.auth.OAUTH2!,
    authorizeUrl: authorizeEndpoint(connector, inputs, parts.connectorSettings),
    clientId,
    redirectUri: redirectUrl,
    scopes: [...new Set([...scopesFor(connector), ...request.scopes])],
    reconnect: false,
    store: openingStore((verifier) => {
      codeVerifier = verifier;
      return Promise.resolve(state);
    }),
    exchange: () => Promise.reject(new Error('a walk that only begins has no code')),
  });
  const outcome = await runStrategy(strategy, {});
  if (outcome.kind !== 'redirect') throw new Error('the strategy did not begin a walk');
  return { authorizationUrl: outcome.url, state, codeVerifier: codeVerifier === undefined ? null : new Secret(codeVerifier), connector: connector.id };
}
