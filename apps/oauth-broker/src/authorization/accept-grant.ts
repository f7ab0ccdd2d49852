import { isOfferedTo, type Connector } from '@trunkline/catalog';
import { scopesFor, type OauthApp } from '@trunkline/connector-kit';
import { authorizations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { tellAudit } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { openOauthApp } from '../oauth-app/client-secret.js';
import { appIsInUse, dropApp, keepAgain, keepConnectionApp, orphanApps, type ForConnection, type KeptApp } from '../oauth-app/connection-app.js';
import { pickOauthApp } from '../oauth-app/pick-oauth-app.js';
import { checkBrought } from './checks/accept/check-brought.js';
import { checkInputsFit } from './checks/start/check-inputs-fit.js';
import { grantTypeOf } from './grant-type-of.js';
import { handOverGrant } from './hand-over-grant.js';
import { obtainBroughtGrant } from './obtain-brought-grant.js';
import { resolvedTarget } from './resolved-target.js';

type Contract = typeof authorizations.accept;
type Request = RequestOf<Contract>;

/**
 * Takes what a client brought by itself: a code or tokens, with an OAuth app of its own or a stored one. The app that the present
 * credential is refreshed with is let go only when the new credential has taken its place.
 *
 * If we die on the way, a code is used up and the client must begin again; an app that was kept for it is forgotten with its connection.
 */
export async function acceptGrant(parts: BrokerParts, request: Request): Promise<ReplyOf<Contract>> {
  const written = await requireOauthConnector(parts, request);
  const { credential, inputs } = request;
  checkInputsFit({ connector: written, inputs, scopes: [], type: undefined, oauthApp: null, redirectUri: '' });
  const { connector } = await resolvedTarget(parts, written, inputs);
  checkBrought({ connector, inputs, settings: parts.connectorSettings, publicUrl: parts.context.config.publicUrl, credential });
  return credential.type === 'OAUTH2' ? withBroughtApp(parts, request, connector) : withStoredApp(parts, request, connector);
}

async function withStoredApp(parts: BrokerParts, request: Request, connector: Connector): Promise<ReplyOf<Contract>> {
  const { type } = request.credential;
  const picked = await pickOauthApp(parts.database.manager, { ...request, connector: connector.id }, type);
  if (picked === null) {
    const whose = type === 'PLATFORM_OAUTH2' ? 'The platform has no OAuth app' : 'There is no built-in OAuth app';
    throw new AppError('OAUTH_APP_MISSING', `${whose} for ${connector.name}. Store one with POST /api/v1/oauth-apps.`, { params: { connector: connector.id } });
  }
  return store(parts, request, connector, await openOauthApp(parts, picked.app), picked.app.id);
}

async function withBroughtApp(parts: BrokerParts, request: Request, connector: Connector): Promise<ReplyOf<Contract>> {
  const { connectionId, platformId, projectId, credential } = request;
  const owner: ForConnection = { connectionId, platformId, projectId, connector: connector.id };
  const app: OauthApp = { clientId: credential.clientId!, clientSecret: credential.clientSecret ?? null };
  const kept = await keepConnectionApp(parts, owner, app);
  let stored: ReplyOf<Contract>;
  try {
    stored = await store(parts, request, connector, app, kept.id);
  } catch (error) {
    await letGo(parts, owner, kept, error);
    throw error;
  }
  await keepAgain(parts, owner, kept, app);
  await noteUse(parts, owner, kept, stored.credentialVersion);
  return stored;
}

async function store(parts: BrokerParts, request: Request, connector: Connector, app: OauthApp, oauthAppId: string): Promise<ReplyOf<Contract>> {
  const { credential } = request;
  const { tokens, ours } = await obtainBroughtGrant(parts, { connectionId: request.connectionId, reconnect: request.reconnect, connector, inputs: request.inputs, app, credential });
  // What the provider tells on the way fills inputs nobody gave; it never overrides what was given.
  const inputs = { ...tokens.captured, ...request.inputs };
  const holder = { ...request, connector: connector.id, type: credential.type, oauthAppId, scopes: credential.scopes ?? scopesFor(connector) };
  const { credentialVersion, account, scopes } = await handOverGrant(parts, { holder, connector, app, tokens, inputs, ours, grantType: grantTypeOf(connector, credential) });
  return { credentialVersion, account, scopes, inputs, type: credential.type };
}

/** Whether a credential was stored is known only from a definite answer; without one the app stays until its connection goes. */
async function letGo({ database, context }: BrokerParts, owner: ForConnection, kept: KeptApp, error: unknown): Promise<void> {
  const definite = error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE' && error.code !== 'INTERNAL';
  if (!definite) return;
  try {
    // The keeper found the connection gone and ends the grant, for which it needs the app.
    const gone = (error.cause as AppError | undefined)?.code === 'ENTITY_NOT_FOUND';
    await (gone ? orphanApps(database.manager, owner.connectionId) : dropApp(database.manager, kept));
  } catch (failure) {
    context.logger.warn({ error: failure, connectionId: owner.connectionId }, 'an OAuth app that came to nothing could not be removed');
  }
}

async function noteUse({ database, outbox, context }: BrokerParts, owner: ForConnection, kept: KeptApp, credentialVersion: number): Promise<void> {
  try {
    await database.transaction(async (tx) => {
      await appIsInUse(tx, owner, kept, credentialVersion);
      if (!kept.fresh) return;
      await tellAudit(outbox, tx, {
        who: { kind: 'service', id: 'oauth-broker', userId: null },
        tenant: { platformId: owner.platformId, projectId: owner.projectId },
        action: 'oauth_app.stored',
        target: { type: 'oauth_app', id: kept.id },
        details: { connector: owner.connector, connectionId: owner.connectionId },
      });
    });
  } catch (error) {
    // Nothing depends on it: the credential names its app, and older ones go with the connection.
    context.logger.warn({ error, connectionId: owner.connectionId }, 'that an OAuth app is in use could not be noted');
  }
}

async function requireOauthConnector({ catalog }: BrokerParts, { connector: name, platformId, projectId }: Request): Promise<Connector> {
  const connector = (await catalog.ready(name)).find(name);
  if (connector === undefined || !isOfferedTo(connector, { platformId, projectId })) throw new AppError('INVALID_APP_CONNECTION', `There is no connector "${name}" here.`);
  if (connector.auth.OAUTH2 === undefined) throw new AppError('INVALID_APP_CONNECTION', `${connector.name} does not connect by OAuth. Connect it with a key.`);
  return connector;
}
