import { isOfferedTo } from '@trunkline/catalog';
import { authorizations, newId, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { authorizeEndpoint, expectedIssuer } from '@trunkline/connector-kit';
import { asTenant, tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { pickOauthApp } from '../oauth-app/pick-oauth-app.js';
import { breaksReference } from '../oauth-app/breaks-reference.js';
import { tenantOf } from '../oauth-app/tenant-of.js';
import { runStrategy } from '../passport/run-strategy.js';
import { strategyFor } from '../passport/strategy-for.js';
import { auditedWalk } from './audited-walk.js';
import { newState, sha256, type Authorization } from './authorization.js';
import { insertAuthorization } from './authorization-row.js';
import { openingStore } from './authorization-state-store.js';
import { startChecks } from './checks/start/index.js';
import { sealCodeVerifier } from './code-verifier.js';
import { endpointsDigest } from './endpoints-digest.js';
import { redirectUri } from './redirect-uri.js';
import { resolvedTarget } from './resolved-target.js';
import { scopesToAskFor } from './scopes-to-ask-for.js';

type Contract = typeof authorizations.start;

/** Begins a walk: where to send the person, and a row that remembers what may come back. */
export async function startAuthorization(parts: BrokerParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { catalog, database, connectorSettings, context } = parts;
  const written = (await catalog.ready(request.connector)).find(request.connector);
  if (written === undefined || !isOfferedTo(written, request)) throw new AppError('INVALID_APP_CONNECTION', `There is no connector "${request.connector}" here.`);
  const redirect = redirectUri(context.config.publicUrl, request.callback, written);
  const { principal, type: wantedType } = request;
  const tenant = tenantOf(principal);
  const picked = await asTenant(database, tenant, (tx) => pickOauthApp(tx, { ...request, connector: written.id }, wantedType));
  for (const check of startChecks) check({ connector: written, inputs: request.inputs, scopes: request.scopes, type: wantedType, oauthApp: picked?.app ?? null, redirectUri: redirect });
  // The checks above have made sure of both.
  const { app, type } = picked!;
  const target = await resolvedTarget(parts, written, request.inputs);
  const { connector } = target;
  const oauth = connector.auth.OAUTH2!;

  const walk: Authorization = {
    id: newId('authorization'),
    connectionId: request.connectionId,
    platformId: request.platformId,
    projectId: request.projectId,
    projectIds: request.projectIds,
    ownerId: request.ownerId,
    principalKind: principal.kind,
    principalId: principal.id,
    principalUserId: principal.userId,
    connector: connector.id,
    inputs: request.inputs,
    callback: request.callback,
    type,
    reconnect: request.reconnect,
    allowOtherAccount: request.allowOtherAccount,
    oauthAppId: app.id,
    clientId: app.clientId,
    redirectUri: redirect,
    scopes: scopesToAskFor(connector, request),
    returnUrl: request.returnUrl,
    browserBindingHash: sha256(request.browserBinding.reveal()),
    sealedCodeVerifier: null,
    expectedIssuer: expectedIssuer(connector, request.inputs, connectorSettings),
    issuerRequired: oauth.issuerRequired,
    endpointsDigest: endpointsDigest(target),
    connectLink: request.connectLink ?? null,
  };
  let expiresAt: Date | undefined;
  const store = openingStore(async (codeVerifier) => {
    const state = newState();
    const sealedCodeVerifier = codeVerifier === undefined ? null : await sealCodeVerifier(parts, walk, codeVerifier);
    expiresAt = await asTenant(database, tenant, async (tx) => {
      await tellAudit(parts.outbox, tx, { ...auditedWalk(walk), action: 'authorization.started' });
      return insertAuthorization(tx, sha256(state), { ...walk, sealedCodeVerifier });
    }).catch((error: unknown) => {
      throw breaksReference(error) ? appIsGone(connector.id, error) : error;
    });
    return state;
  });
  const strategy = strategyFor({
    oauth,
    authorizeUrl: authorizeEndpoint(connector, request.inputs, connectorSettings),
    clientId: app.clientId,
    redirectUri: redirect,
    scopes: walk.scopes,
    reconnect: request.reconnect,
    store,
    exchange: () => Promise.reject(new Error('a walk that only begins has no code')),
  });
  const outcome = await runStrategy(strategy, {});
  if (outcome.kind !== 'redirect' || expiresAt === undefined) throw new Error('the strategy did not begin a walk');
  context.logger.info({ authorizationId: walk.id, connectionId: walk.connectionId, connector: walk.connector }, 'authorization started');
  return { authorizationUrl: outcome.url, expiresAt: expiresAt.toISOString() };
}

const appIsGone = (connector: string, cause: unknown): AppError =>
  new AppError('OAUTH_APP_MISSING', 'The OAuth app was deleted at this very moment. Start again.', { params: { connector }, cause });
