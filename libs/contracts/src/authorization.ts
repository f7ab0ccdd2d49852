import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, moment, oauthAppId, platformId, projectId, userId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';
import { connectionInputs } from './connection.js';

const broker = { server: 'oauth-broker' } as const;

export const clientAuthentication = z.enum(['client_secret_basic', 'client_secret_post', 'none']);

export const oauthApp = z.object({
  id: oauthAppId,
  platformId,
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
});

export const oauthApps = {
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
    reply: z.object({ clientId: z.string(), clientSecret: secret().nullable() }),
    errors: ['ENTITY_NOT_FOUND'],
  }),
};

export const authorizations = {
  start: defineRpc('rpc.authorizations.start', {
    ...broker,
    callers: ['connector-registry'],
    request: z.object({
      principal,
      connectionId,
      platformId,
      projectId,
      ownerId: userId.nullable(),
      connector: connectorId,
      inputs: connectionInputs,
      callback: z.enum(['connectors', 'oauth']),
      /** Already checked against the project's allowlist. */
      returnUrl: z.string().max(2_048).nullable(),
      browserBinding: secret(),
    }),
    reply: z.object({ authorizationUrl: z.url(), expiresAt: moment }),
    errors: ['OAUTH_APP_MISSING', 'INVALID_APP_CONNECTION'],
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
      account: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
      returnUrl: z.string().nullable(),
    }),
    errors: ['AUTHORIZATION_STATE_INVALID', 'AUTHORIZATION_DENIED', 'AUTHORIZATION_FAILED', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
  }),
};

/** The walk ended without a grant (denied, failed or expired): a connection that was only pending for it is removed. */
export const authorizationAbandoned = defineEvent('evt.authorization.abandoned.v1', {
  producer: 'oauth-broker',
  consumers: ['connector-registry'],
  data: z.object({ connectionId, projectId, connector: connectorId, outcome: z.enum(['denied', 'failed', 'expired']) }),
});
