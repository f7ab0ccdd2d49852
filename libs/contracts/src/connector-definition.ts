import { z } from 'zod';
import { defineEvent, defineRpc } from './kit/define.js';
import { connectionId, connectorId, moment, platformId, projectId, streamName } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { principal } from './principal.js';
import { connectionInputs } from './connection.js';
import { connectionValue } from './connection-value.js';

/** What a folder of the catalog holds, as JSON: `connector` is connector.yaml, `streams` its files by name. No hooks: data only. */
export const connectorFolder = z.strictObject({
  connector: z.record(z.string().max(64), z.json()),
  streams: z.record(streamName, z.record(z.string().max(64), z.json())).refine((streams) => Object.keys(streams).length <= 200, 'must not have more than 200 streams'),
});
export type ConnectorFolder = z.output<typeof connectorFolder>;

/** A connector that a platform or one of its projects defined for itself. */
export const connectorDefinition = z.object({
  /** The connector's id everywhere: the name it was given and a tail of its own, so that no two tenants' are one (and their callbacks are two). */
  id: connectorId,
  /** As it was given; understood for the id within the tenant. */
  name: connectorId,
  platformId,
  /** Null: for every project of the platform. */
  projectId: projectId.nullable(),
  displayName: z.string(),
  /** Grows with every change; connections go on with the newest. */
  version: z.int().positive(),
  folder: connectorFolder,
  created: moment,
  updated: moment,
});
export type ConnectorDefinition = z.output<typeof connectorDefinition>;

/** One thing that is wrong with a definition, and where (`streams.orders: pagination.next.path`). */
const problem = z.object({ path: z.string(), message: z.string() });

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;
const notFound = ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] as const;
const one = z.object({ principal, id: z.string().min(1).max(128) });

export const connectorDefinitions = {
  /** Defines a connector, or a new version of it. What the schema refuses is answered VALIDATION with every problem at once. A change of hosts wipes the secrets of its connections (they are bound to their origins). */
  put: defineRpc('rpc.connector_definitions.put', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({ principal, folder: connectorFolder, scope: z.enum(['PROJECT', 'PLATFORM']).default('PROJECT') }),
    reply: connectorDefinition,
    errors: ['AUTHORIZATION', 'VALIDATION', 'CONFLICT'],
  }),
  list: defineRpc('rpc.connector_definitions.list', { ...registry, request: z.object({ principal, ...pageRequest }), reply: page(connectorDefinition.omit({ folder: true })), errors: ['AUTHORIZATION'] }),
  /** A former version by its number. */
  get: defineRpc('rpc.connector_definitions.get', { ...registry, request: one.extend({ version: z.int().positive().optional() }), reply: connectorDefinition, errors: notFound }),
  /** Refused while connections use it. */
  delete: defineRpc('rpc.connector_definitions.delete', { ...registry, request: one, reply: z.object({ deleted: connectorId }), errors: [...notFound, 'CONFLICT'] }),
  /** Says what is wrong with a definition without storing it. */
  check: defineRpc('rpc.connector_definitions.check', { ...registry, request: z.object({ principal, folder: connectorFolder }), reply: z.object({ problems: z.array(problem) }), errors: ['AUTHORIZATION'] }),
  /** Drafts a definition from an OpenAPI 3 document: what it cannot know is said. */
  draft: defineRpc('rpc.connector_definitions.draft', {
    ...registry,
    deadlineMs: 15_000,
    request: z.object({ principal, openapi: z.record(z.string().max(256), z.json()), name: connectorId.optional() }),
    reply: z.object({ folder: connectorFolder, notes: z.array(z.string()) }),
    errors: ['AUTHORIZATION', 'VALIDATION'],
  }),
  /** Internal: the folder of one connector by its id, for the services that work with it. Versions are kept by nobody for longer than seconds. */
  reveal: defineRpc('rpc.connector_definitions.reveal', {
    ...registry,
    callers: ['oauth-broker', 'token-refresher', 'sync-orchestrator'],
    request: z.object({ id: connectorId }),
    reply: z.object({ id: connectorId, name: connectorId, platformId, projectId: projectId.nullable(), version: z.int().positive(), folder: connectorFolder }),
    errors: ['ENTITY_NOT_FOUND'],
  }),
};

/** Reads the first page of a stream and keeps nothing. */
export const dryRuns = {
  read: defineRpc('rpc.dry_runs.read', {
    server: 'sync-orchestrator',
    callers: ['gateway'],
    deadlineMs: 45_000,
    request: z.object({
      principal,
      /** One that is stored, or the text of one that is not. */
      connector: z.string().max(128).optional(),
      folder: connectorFolder.optional(),
      stream: streamName,
      inputs: connectionInputs.default({}),
      /** With which credential: an existing connection's, or one brought along and forgotten. */
      connectionId: connectionId.optional(),
      value: connectionValue.optional(),
    }),
    reply: z.object({
      /** At most 100. */
      records: z.array(z.record(z.string(), z.json())),
      quarantined: z.array(z.object({ position: z.int(), reason: z.string() })),
      /** The key each record would have. */
      keys: z.array(z.string()),
      /** Without credentials. */
      request: z.object({ method: z.string(), url: z.string() }).nullable(),
      more: z.boolean(),
      tookMs: z.number(),
    }),
    errors: ['AUTHORIZATION', 'VALIDATION', 'ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'CONNECTION_DISABLED', 'CONNECTOR_MISCONFIGURED', 'RATE_LIMITED'],
  }),
};

/** A tenant's connector has a new version, or is gone: whoever holds the former one in memory lets it go. */
export const connectorDefined = defineEvent('evt.connector.defined.v1', {
  producers: ['connector-registry'],
  consumers: ['oauth-broker', 'token-refresher', 'sync-orchestrator'],
  everyReplica: true,
  data: z.object({ connector: connectorId, platformId, projectId: projectId.nullable(), version: z.int().positive(), deleted: z.boolean() }),
});
