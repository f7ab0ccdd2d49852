import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, id, moment, oauthAppId, platformId, projectId, userId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';
import { account, connectionFact, connectionInputs } from './connection.js';
import { oauthConnectionType, oauthCredential } from './connection-value.js';
import { page, pageRequest } from './kit/page.js';

const broker = { server: 'oauth-broker' } as const;

export const clientAuthentication = z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']);

export const oauthApp = z.object({
  id: oauthAppId,
  /** Null: built in, for every platform of the installation (CLOUD_OAUTH2). */
  platformId: platformId.nullable(),
  /** Null: the platform's (PLATFORM_OAUTH2). */
  projectId: projectId.nullable(),
  connector: connectorId,
  clientId: z.string(),
  created: moment,
  updated: moment,
});
export const newOauthApp = z.strictObject({
  platformId: platformId.optional(),
  projectId: projectId.optional(),
  connector: z.string().min(1).max(128),
  clientId: z.string().min(1).max(1_024),
  clientSecret: secret().optional(),
  /** `private_key_jwt` (OIDC Core §9): the private key, PEM (PKCS#8, PKCS#1, SEC1), in place of a client secret. */
  privateKey: secret(z.string().min(1).max(32_768)).optional(),
  /** The header `kid` of what it signs, where the provider asks for one. */
  keyId: z.string().min(1).max(256).optional(),
  /** For the operator: the installation's own app, for every platform. */
  builtIn: z.boolean().optional(),
});

export const oauthApps = {
  list: defineRpc('rpc.oauth_apps.list', {
    ...broker,
    callers: ['gateway'],
    request: z.object({ principal, connector: z.string().max(128).optional(), ...pageRequest }),
    reply: page(oauthApp),
    errors: ['AUTHORIZATION'],
  }),
  get: defineRpc('rpc.oauth_apps.get', { ...broker, callers: ['gateway'], request: z.object({ principal, id: oauthAppId }), reply: oauthApp, errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'] }),
  /** Refused while walks or connections need it, as far as the broker knows: then CONFLICT. */
  delete: defineRpc('rpc.oauth_apps.delete', {
    ...broker,
    callers: ['gateway'],
    request: z.object({ principal, id: oauthAppId }),
    reply: z.object({ deleted: oauthAppId }),
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND', 'CONFLICT'],
  }),
  /** Creates the app of a platform (or project) for a connector, or replaces its client id and secret. */
  put: defineRpc('rpc.oauth_apps.put', {
    ...broker,
    callers: ['gateway'],
    request: z.object({ principal, oauthApp: newOauthApp }),
    reply: oauthApp,
    errors: ['AUTHORIZATION', 'ENTITY_NOT_FOUND'],
  }),
  /** Internal: what a token request needs. Kept by nobody for longer than a minute. */
  reveal: defineRpc('rpc.oauth_apps.reveal', {
    ...broker,
    callers: ['token-refresher'],
    request: z.object({ oauthAppId }),
    reply: z.object({ clientId: z.string(), clientSecret: secret().nullable(), privateKey: secret().nullable().default(null), keyId: z.string().nullable().default(null) }),
    errors: ['ENTITY_NOT_FOUND'],
  }),
};

/** The connection a walk or a grant is for. */
const forConnection = {
  connectionId,
  platformId,
  /** Null: a connection of the platform. */
  projectId: projectId.nullable(),
  projectIds: z.array(projectId).max(1_000),
  ownerId: userId.nullable(),
  connector: connectorId,
  inputs: connectionInputs,
  /** Whose app to use; without it the nearest one there is: the project's, the platform's, the built-in. */
  type: oauthConnectionType.optional(),
  /** The connection has a working credential already: what fails now must not end the grant it holds. */
  reconnect: z.boolean(),
  allowOtherAccount: z.boolean(),
};

/** The connect link a walk is begun from, and for whom it is. */
const walkedFrom = z.object({ id: id('connectLink'), endUserId: z.string().max(256) });

export const authorizations = {
  start: defineRpc('rpc.authorizations.start', {
    ...broker,
    callers: ['connector-registry'],
    request: z.object({
      principal,
      ...forConnection,
      scopes: z.array(z.string().min(1).max(512)).max(100).default([]),
      /** What the connection's credential may do already: asked for again beside more scopes, for many providers replace one grant by the other. */
      grantedScopes: z.array(z.string().max(512)).max(500).default([]),
      callback: z.enum(['connectors', 'oauth']),
      /** Already checked against the project's allowlist. */
      returnUrl: z.string().max(2_048).nullable(),
      browserBinding: secret(),
      /** The walk is begun from a link: the link must still be open when it ends. */
      connectLink: walkedFrom.optional(),
    }),
    reply: z.object({ authorizationUrl: z.url(), expiresAt: moment }),
    errors: ['OAUTH_APP_MISSING', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
  }),
  /**
   * The address of a consent screen that returns to the client's own redirect URL: nothing is stored here, and the client brings the code
   * by itself (type OAUTH2 with its own client id).
   */
  url: defineRpc('rpc.authorizations.url', {
    ...broker,
    callers: ['gateway'],
    request: z.object({
      principal,
      connector: z.string().max(128),
      clientId: z.string().min(1).max(1_024),
      redirectUrl: z.url().max(2_048),
      inputs: connectionInputs.default({}),
      scopes: z.array(z.string().min(1).max(512)).max(100).default([]),
      state: z.string().min(1).max(512).optional(),
    }),
    /** `codeVerifier` is what the client must bring with the code; null where the provider knows no PKCE. */
    reply: z.object({ authorizationUrl: z.url(), state: z.string(), codeVerifier: secret().nullable(), connector: connectorId }),
    errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'AUTHORIZATION', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
  }),
  /** Internal: takes what a client brought by itself, a code (exchanged once) or tokens, keeps its OAuth app for later refreshes, and hands the grant to the keeper. */
  accept: defineRpc('rpc.authorizations.accept', {
    ...broker,
    callers: ['connector-registry'],
    deadlineMs: 60_000,
    request: z.object({ ...forConnection, credential: oauthCredential }),
    reply: z.object({ credentialVersion: z.int().positive(), account, scopes: z.array(z.string()), inputs: connectionInputs, type: oauthConnectionType }),
    errors: ['OAUTH_APP_MISSING', 'INVALID_APP_CONNECTION', 'AUTHORIZATION_FAILED', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED', 'ENTITY_NOT_FOUND', 'CONFLICT'],
  }),
  /** What the provider sent to our callback. State is used up by any answer. */
  complete: defineRpc('rpc.authorizations.complete', {
    ...broker,
    callers: ['gateway'],
    deadlineMs: 60_000,
    request: z.object({
      callback: z.enum(['connectors', 'oauth']),
      /** The connector named by the callback's path. */
      connector: z.string().max(128),
      /** The callback's query, first value of each name. */
      query: z.record(z.string().max(256), z.string().max(8_192)),
      browserBinding: secret().nullable(),
    }),
    reply: z.object({
      connectionId,
      connector: connectorId,
      /** The connector's name as the connection was made with it. */
      pieceName: z.string(),
      account,
      returnUrl: z.string().nullable(),
    }),
    errors: ['AUTHORIZATION_STATE_INVALID', 'AUTHORIZATION_DENIED', 'AUTHORIZATION_FAILED', 'CONNECT_LINK_INVALID', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED', 'CONFLICT'],
  }),
};

/** The walk ended without a grant (denied, failed or expired): a connection that was only pending for it is removed. */
export const authorizationAbandoned = defineEvent('evt.authorization.abandoned.v1', {
  producers: ['oauth-broker'],
  consumers: ['connector-registry'],
  data: connectionFact.extend({ authorizationId: z.string().max(128), outcome: z.enum(['denied', 'failed', 'expired']) }),
});
