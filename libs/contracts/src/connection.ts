import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, moment, platformId, projectId, userId } from './kit/ids.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';
import { authMethodName } from './connector.js';

/** DESIGN §4. `disabled` by a person; `missing`: a placeholder, or deleted while flows still name it. */
export const connectionStatus = z.enum(['pending', 'active', 'degraded', 'disabled', 'missing']);
export type ConnectionStatus = z.output<typeof connectionStatus>;

export const statusReason = z.enum([
  'reauth_required',
  'calls_failing',
  'insufficient_scope',
  'connector_misconfigured',
  'refresh_outcome_unknown',
  'key_expired',
]);
export type StatusReason = z.output<typeof statusReason>;

/** Values for a connector's inputs, by name. */
export const connectionInputs = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/).max(64), z.string().max(2_048));

export const connection = z.object({
  id: connectionId,
  externalId: z.string(),
  platformId,
  projectId,
  ownerId: userId.nullable(),
  connector: connectorId,
  authMethod: authMethodName,
  displayName: z.string(),
  status: connectionStatus,
  statusReason: statusReason.nullable(),
  account: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
  inputs: connectionInputs,
  connectedAt: moment.nullable(),
  created: moment,
  updated: moment,
});
export type Connection = z.output<typeof connection>;

/** A key as a person pastes it. Which members a connector wants is in its catalog entry. */
export const keyCredential = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('SECRET_TEXT'), secretText: secret() }),
  z.strictObject({ type: z.literal('BASIC_AUTH'), username: z.string().min(1).max(1_024), password: secret() }),
  z.strictObject({ type: z.literal('CUSTOM_AUTH'), props: z.record(z.string().max(64), secret()) }),
  z.strictObject({ type: z.literal('NO_AUTH') }),
]);
export type KeyCredential = z.output<typeof keyCredential>;

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;

const connectRequest = z.object({
  principal,
  connector: z.string().min(1).max(128),
  externalId: z.string().min(1).max(256).optional(),
  displayName: z.string().trim().min(1).max(200).optional(),
  inputs: connectionInputs.default({}),
});

export const connections = {
  /** Begins an OAuth connection: answers where to send the person. The connection is `pending` until the callback. */
  authorize: defineRpc('rpc.connections.authorize', {
    ...registry,
    deadlineMs: 15_000,
    request: connectRequest.extend({
      /** Which of our callback paths the provider is to call. */
      callback: z.enum(['connectors', 'oauth']),
      returnUrl: z.string().max(2_048).optional(),
      /** The value of the browser cookie that must come back at the callback (only its hash is kept). */
      browserBinding: secret(),
    }),
    reply: z.object({ connectionId, connector: connectorId, authorizationUrl: z.url(), expiresAt: moment }),
    errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION', 'OAUTH_APP_MISSING', 'RETURN_URL_NOT_ALLOWED', 'INVALID_APP_CONNECTION'],
  }),
  /** Connects with a key: verified by a call to the provider before anything is stored. */
  connect: defineRpc('rpc.connections.connect', {
    ...registry,
    deadlineMs: 40_000,
    request: connectRequest.extend({ credential: keyCredential }),
    reply: connection,
    errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE'],
  }),
  list: defineRpc('rpc.connections.list', {
    ...registry,
    callers: ['gateway', 'sync-orchestrator'],
    request: z.object({
      principal,
      connector: z.string().max(128).optional(),
      status: z.array(connectionStatus).optional(),
      /** Only connections of this user. */
      ownerId: userId.optional(),
    }),
    reply: z.object({ connections: z.array(connection) }),
    errors: ['AUTHORIZATION'],
  }),
  /** Deletes a connection with its credential; revocation at the provider follows as a durable job. */
  disconnect: defineRpc('rpc.connections.disconnect', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({
      principal,
      connector: z.string().max(128),
      ownerId: userId.optional(),
      connectionId: connectionId.optional(),
    }),
    reply: z.object({ disconnected: z.array(connectionId) }),
    errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION'],
  }),
  /** Internal: a credential is stored and verified, so the connection is `active`. Repeats change nothing. */
  activate: defineRpc('rpc.connections.activate', {
    server: 'connector-registry',
    callers: ['oauth-broker'],
    request: z.object({
      connectionId,
      account: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
      /** The credential's version; an older one than already seen is ignored. */
      credentialVersion: z.int().positive(),
    }),
    reply: connection,
    errors: ['ENTITY_NOT_FOUND'],
  }),
};

const connectionFact = z.object({ connectionId, platformId, projectId, connector: connectorId });

export const connectionActivated = defineEvent('evt.connection.activated.v1', {
  producer: 'connector-registry',
  consumers: ['sync-orchestrator'],
  data: connectionFact.extend({ ownerId: userId.nullable(), inputs: connectionInputs, recovered: z.boolean() }),
});
export const connectionDegraded = defineEvent('evt.connection.degraded.v1', {
  producer: 'connector-registry',
  consumers: ['sync-orchestrator'],
  data: connectionFact.extend({ reason: statusReason }),
});
export const connectionDeleted = defineEvent('evt.connection.deleted.v1', {
  producer: 'connector-registry',
  consumers: ['sync-orchestrator'],
  data: connectionFact,
});
