import { authorizations, newId, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { authorizeEndpoint, expectedIssuer, scopesFor } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { pickOauthApp } from '../oauth-app/pick-oauth-app.js';
import { runStrategy } from '../passport/run-strategy.js';
import { strategyFor } from '../passport/strategy-for.js';
import { newState, sha256, type Authorization } from './authorization.js';
import { insertAuthorization } from './authorization-row.js';
import { openingStore } from './authorization-state-store.js';
import { startChecks } from './checks/start/index.js';
import { sealCodeVerifier } from './code-verifier.js';
import { redirectUri } from './redirect-uri.js';

type Contract = typeof authorizations.start;

/** Begins a walk: where to send the person, and a row that remembers what may come back. */
export async function startAuthorization(parts: BrokerParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { catalog, database, connectorSettings, context } = parts;
  const connector = catalog.find(request.connector);
  if (connector === undefined) throw new AppError('INVALID_APP_CONNECTION', `There is no connector "${request.connector}" here.`);
  const redirect = redirectUri(context.config.publicUrl, request.callback, connector.id);
  const oauthApp = await pickOauthApp(database, { ...request, connector: connector.id });
  for (const check of startChecks) check({ connector, inputs: request.inputs, oauthApp, redirectUri: redirect });
  // The checks above have made sure of both.
  const [oauth, app] = [connector.auth.OAUTH2!, oauthApp!];

  const walk: Authorization = {
    id: newId('authorization'),
    connectionId: request.connectionId,
    platformId: request.platformId,
    projectId: request.projectId,
    ownerId: request.ownerId,
    principalKind: request.principal.kind,
    principalId: request.principal.id,
    connector: connector.id,
    inputs: request.inputs,
    callback: request.callback,
    oauthAppId: app.id,
    clientId: app.clientId,
    redirectUri: redirect,
    scopes: scopesFor(connector),
    returnUrl: request.returnUrl,
    browserBindingHash: sha256(request.browserBinding.reveal()),
    sealedCodeVerifier: null,
    expectedIssuer: expectedIssuer(connector, request.inputs, connectorSettings),
  };
  let expiresAt: Date | undefined;
  const store = openingStore(async (codeVerifier) => {
    const state = newState();
    const sealedCodeVerifier = codeVerifier === undefined ? null : await sealCodeVerifier(parts, walk, codeVerifier);
    expiresAt = await insertAuthorization(database.manager, sha256(state), { ...walk, sealedCodeVerifier });
    return state;
  });
  const strategy = strategyFor({
    oauth,
    authorizeUrl: authorizeEndpoint(connector, request.inputs, connectorSettings),
    clientId: app.clientId,
    redirectUri: redirect,
    scopes: walk.scopes,
    store,
    exchange: () => Promise.reject(new Error('a walk that only begins has no code')),
  });
  const outcome = await runStrategy(strategy, {});
  if (outcome.kind !== 'redirect' || expiresAt === undefined) throw new Error('the strategy did not begin a walk');
  context.logger.info({ authorizationId: walk.id, connectionId: walk.connectionId, connector: walk.connector }, 'authorization started');
  return { authorizationUrl: outcome.url, expiresAt: expiresAt.toISOString() };
}
