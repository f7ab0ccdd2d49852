import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, moment, platformId, projectId, userId } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { secret } from './kit/secret.js';
import { connectionType, connectionValue, oauthConnectionType } from './connection-value.js';
import { principal } from './principal.js';

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

/** Who may use a connection: one project, or the projects of its platform that it names. */
export const connectionScope = z.enum(['PROJECT', 'PLATFORM']);
export type ConnectionScope = z.output<typeof connectionScope>;

/** Values for a connector's inputs, by name. */
export const connectionInputs = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/).max(64), z.string().max(2_048));
/** The client's own notes: any JSON object of at most 16 KiB. Never a secret: it comes out again. */
export const connectionMetadata = z
  .record(z.string().min(1).max(128), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, 'must not be larger than 16 KiB as JSON');
export const account = z.object({ id: z.string().nullable(), name: z.string().nullable() });

export const connection = z.object({
  id: connectionId,
  externalId: z.string(),
  platformId,
  /** The project it belongs to; null with scope PLATFORM. */
  projectId: projectId.nullable(),
  /** The projects that may use it. */
  projectIds: z.array(projectId),
  scope: connectionScope,
  preSelectForNewProjects: z.boolean(),
  ownerId: userId.nullable(),
  owner: z.object({ email: z.string(), firstName: z.string(), lastName: z.string() }).nullable(),
  connector: connectorId,
  /** The connector's name as it was given, e.g. `@activepieces/piece-stripe`. */
  pieceName: z.string(),
  pieceVersion: z.string().nullable(),
  type: connectionType,
  displayName: z.string(),
  status: connectionStatus,
  statusReason: statusReason.nullable(),
  account,
  inputs: connectionInputs,
  metadata: connectionMetadata.nullable(),
  /** What the provider granted (OAuth). */
  scopes: z.array(z.string()),
  connectedAt: moment.nullable(),
  /** When the key is known to lapse; null: not known. */
  expires: moment.nullable(),
  created: moment,
  updated: moment,
  /** Grows with every change that can be seen from outside. */
  version: z.int().positive(),
});
export type Connection = z.output<typeof connection>;

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;

const named = { id: connectionId };
const connectorName = z.string().trim().min(1).max(128);
const externalId = z.string().min(1).max(256);
const displayName = z.string().trim().min(1).max(200);

/** What a connection is besides its credential. */
const placing = {
  connector: connectorName,
  pieceVersion: z.string().max(64).optional(),
  externalId: externalId.optional(),
  displayName: displayName.optional(),
  inputs: connectionInputs.default({}),
  metadata: connectionMetadata.nullable().optional(),
  scope: connectionScope.default('PROJECT'),
  /** PLATFORM only: the projects that may use it. */
  projectIds: z.array(projectId).max(1_000).optional(),
  preSelectForNewProjects: z.boolean().optional(),
  /** Another owner than the caller; for admins. */
  ownerId: userId.optional(),
  expires: moment.nullable().optional(),
};

/** Exact, except `displayName` (part of it, in any case). `connector` takes ids, aliases and the reference's piece names. */
export const connectionFilters = {
  connector: z.string().max(128).optional(),
  displayName: z.string().max(200).optional(),
  status: z.array(connectionStatus).max(5).optional(),
  /** Only degraded ones with one of these reasons pass; other statuses are not asked for a reason. */
  statusReason: z.array(statusReason).max(6).optional(),
  scope: connectionScope.optional(),
  ownerId: userId.optional(),
  externalId: externalId.optional(),
};

const connectErrors = ['ENTITY_NOT_FOUND', 'AUTHORIZATION', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT', 'OAUTH_APP_MISSING', 'AUTHORIZATION_FAILED', 'CONNECTOR_MISCONFIGURED'] as const;
const notFound = ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] as const;

/** One outgoing call on behalf of a connection, as it ended. */
export const callOutcome = z.enum(['succeeded', 'failed', 'unauthorized', 'forbidden']);
export type CallOutcome = z.output<typeof callOutcome>;
export const callSource = z.enum(['verify', 'refresh', 'sync', 'caller']);

export const connectionHealth = z.object({
  id: connectionId,
  status: connectionStatus,
  statusReason: statusReason.nullable(),
  /** The last five calls, newest first. */
  calls: z.array(z.object({ at: moment, source: callSource, outcome: callOutcome, code: z.string().max(100).nullable() })).max(5),
  lastSucceededAt: moment.nullable(),
  lastFailedAt: moment.nullable(),
  verifiedAt: moment.nullable(),
  /** When the status was last computed, and will be next. */
  computedAt: moment.nullable(),
  nextComputeAt: moment.nullable(),
});

export const connections = {
  /** Begins an OAuth walk: answers where to send the person. A new connection is `pending` until the callback; one that stands keeps working. */
  authorize: defineRpc('rpc.connections.authorize', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({
      principal,
      ...placing,
      /** An existing connection to connect again, or to give more scopes; then nothing of the placing may differ. */
      id: connectionId.optional(),
      type: oauthConnectionType.optional(),
      /** Asked for besides the connector's minimum. */
      scopes: z.array(z.string().min(1).max(512)).max(100).optional(),
      /** Accept another account at the provider than the one connected so far. */
      allowOtherAccount: z.boolean().default(false),
      /** Which of our callback paths the provider is to call. */
      callback: z.enum(['connectors', 'oauth']),
      returnUrl: z.string().max(2_048).optional(),
      /** The value of the browser cookie that must come back at the callback (only its hash is kept). */
      browserBinding: secret(),
    }),
    reply: z.object({ connectionId, connector: connectorId, authorizationUrl: z.url(), expiresAt: moment }),
    errors: [...connectErrors, 'RETURN_URL_NOT_ALLOWED'],
  }),
  /**
   * Connects with what the caller brings, or gives the connection of that externalId a new credential: verified by a call to the provider
   * before it takes the place of the old one. One row per (platform, scope, project, externalId) whatever happens at once.
   */
  connect: defineRpc('rpc.connections.connect', {
    ...registry,
    deadlineMs: 70_000,
    request: z.object({ principal, ...placing, value: connectionValue, allowOtherAccount: z.boolean().default(true) }),
    reply: connection,
    errors: connectErrors,
  }),
  list: defineRpc('rpc.connections.list', {
    ...registry,
    request: z.object({ principal, ...connectionFilters, ...pageRequest }),
    reply: page(connection),
    errors: ['AUTHORIZATION'],
  }),
  /** All of a project's at once, at most 1,000, oldest first: for the references that know no pages, and for syncs. */
  all: defineRpc('rpc.connections.all', {
    ...registry,
    callers: ['gateway', 'sync-orchestrator'],
    request: z.object({ principal, ...connectionFilters }),
    reply: z.object({ connections: z.array(connection) }),
    errors: ['AUTHORIZATION'],
  }),
  get: defineRpc('rpc.connections.get', { ...registry, callers: ['gateway', 'sync-orchestrator'], request: z.object({ principal, ...named }), reply: connection, errors: notFound }),
  /** Everything but the credential. `metadata` is replaced whole. */
  update: defineRpc('rpc.connections.update', {
    ...registry,
    request: z.object({
      principal,
      ...named,
      change: z.strictObject({
        displayName: displayName.optional(),
        metadata: connectionMetadata.nullable().optional(),
        projectIds: z.array(projectId).max(1_000).optional(),
        preSelectForNewProjects: z.boolean().optional(),
        ownerId: userId.nullable().optional(),
        expires: moment.nullable().optional(),
      }),
    }),
    reply: connection,
    errors: notFound,
  }),
  /** Deletes a connection with its credential; revocation at the provider follows as a durable job. Refused while flows use it, unless forced. */
  delete: defineRpc('rpc.connections.delete', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({ principal, ...named, force: z.boolean().default(false) }),
    reply: z.object({ deleted: connectionId }),
    errors: [...notFound, 'VALIDATION'],
  }),
  /** The references' way: all connections of a connector that belong to one owner (or one of them). Flows that use them show them missing. */
  disconnect: defineRpc('rpc.connections.disconnect', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({ principal, connector: z.string().max(128), ownerId: userId.optional(), connectionId: connectionId.optional() }),
    reply: z.object({ disconnected: z.array(connectionId) }),
    errors: notFound,
  }),
  /** Users who own connections of the project. */
  owners: defineRpc('rpc.connections.owners', {
    ...registry,
    request: z.object({ principal, ...pageRequest }),
    reply: page(z.object({ id: userId, email: z.string(), firstName: z.string(), lastName: z.string() })),
    errors: ['AUTHORIZATION'],
  }),
  /** Puts one connection in the place of another in all flows; all or none. */
  replace: defineRpc('rpc.connections.replace', {
    ...registry,
    deadlineMs: 20_000,
    request: z.object({ principal, sourceId: connectionId, targetId: connectionId, deleteSource: z.boolean().default(false) }),
    reply: z.object({ flowIds: z.array(z.string()) }),
    errors: [...notFound, 'CONFLICT', 'VALIDATION'],
  }),
  disable: defineRpc('rpc.connections.disable', { ...registry, request: z.object({ principal, ...named }), reply: connection, errors: notFound }),
  enable: defineRpc('rpc.connections.enable', { ...registry, request: z.object({ principal, ...named }), reply: connection, errors: notFound }),
  /** A new key in the place of the old one, which is destroyed only when the new one has been verified. For everything but OAuth. */
  rotate: defineRpc('rpc.connections.rotate', {
    ...registry,
    deadlineMs: 70_000,
    request: z.object({ principal, ...named, value: connectionValue, expires: moment.nullable().optional(), allowOtherAccount: z.boolean().default(false) }),
    reply: connection,
    errors: connectErrors,
  }),
  /** Asks the provider now whether the credential works, and computes the status from what it says. */
  verify: defineRpc('rpc.connections.verify', {
    ...registry,
    deadlineMs: 45_000,
    request: z.object({ principal, ...named }),
    reply: z.object({ connection, outcome: z.enum(['verified', 'rejected', 'unavailable']), message: z.string().nullable() }),
    errors: [...notFound, 'CONNECTION_DISABLED'],
  }),
  health: defineRpc('rpc.connections.health', { ...registry, request: z.object({ principal, ...named }), reply: connectionHealth, errors: notFound }),
  /** Computes the status of the project's connections now instead of at the next minute. */
  recompute: defineRpc('rpc.connections.recompute', {
    ...registry,
    deadlineMs: 45_000,
    request: z.object({ principal, id: connectionId.optional() }),
    reply: z.object({ computed: z.int().min(0), changed: z.array(connectionId) }),
    errors: notFound,
  }),
  /** A caller that uses tokens by itself says how its call ended. */
  report: defineRpc('rpc.connections.report', {
    ...registry,
    request: z.object({ principal, ...named, outcome: callOutcome, code: z.string().max(100).nullable().default(null) }),
    reply: z.object({}),
    errors: notFound,
  }),
  /** Internal: a credential is stored and verified, so the connection is `active`. Repeats change nothing. */
  activate: defineRpc('rpc.connections.activate', {
    server: 'connector-registry',
    callers: ['oauth-broker'],
    request: z.object({
      connectionId,
      account,
      /** The credential's version; an older one than already seen is ignored. */
      credentialVersion: z.int().positive(),
      type: connectionType,
      inputs: connectionInputs,
      scopes: z.array(z.string()),
    }),
    reply: connection,
    errors: ['ENTITY_NOT_FOUND'],
  }),
};

export const connectionFact = z.object({ connectionId, platformId, /** Null: of the platform. */ projectId: projectId.nullable(), connector: connectorId });

export const connectionActivated = defineEvent('evt.connection.activated.v1', {
  producers: ['connector-registry'],
  consumers: ['sync-orchestrator'],
  data: connectionFact.extend({ ownerId: userId.nullable(), inputs: connectionInputs, recovered: z.boolean() }),
});
/** It does not work any more as it should, and why. */
export const connectionBroken = defineEvent('evt.connection.broken.v1', {
  producers: ['connector-registry'],
  consumers: ['connector-registry', 'sync-orchestrator'],
  data: connectionFact.extend({ reason: statusReason }),
});
/** One that was broken works again. Told beside `activated`, which is told for new ones too. */
export const connectionRecovered = defineEvent('evt.connection.recovered.v1', {
  producers: ['connector-registry'],
  consumers: ['connector-registry'],
  data: connectionFact,
});
export const connectionDisabled = defineEvent('evt.connection.disabled.v1', {
  producers: ['connector-registry'],
  consumers: ['sync-orchestrator'],
  data: connectionFact,
});
export const connectionDeleted = defineEvent('evt.connection.deleted.v1', {
  producers: ['connector-registry'],
  consumers: ['sync-orchestrator', 'oauth-broker'],
  data: connectionFact,
});
/** Who may use a connection, and whether anybody may, as the keeper of credentials must know it. Newer versions win. */
export const connectionConfigured = defineEvent('evt.connection.configured.v1', {
  producers: ['connector-registry'],
  consumers: ['token-refresher'],
  data: connectionFact.extend({ version: z.int().positive(), enabled: z.boolean(), projectIds: z.array(projectId), ownerId: userId.nullable() }),
});
/** A key lapses soon, or is older than the platform wants keys to be. Told once for each. */
export const connectionExpiring = defineEvent('evt.connection.expiring.v1', {
  producers: ['connector-registry'],
  consumers: [],
  data: connectionFact.extend({ kind: z.enum(['expiry', 'rotation']), due: moment }),
});
/** A call on behalf of a connection ended; several alike in a row may be told as one. */
export const connectionCalled = defineEvent('evt.connection.called.v1', {
  producers: ['token-refresher', 'sync-orchestrator'],
  consumers: ['connector-registry'],
  data: z.object({ connectionId, at: moment, source: callSource, outcome: callOutcome, code: z.string().max(100).nullable() }),
});
