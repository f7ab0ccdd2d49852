import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { connectionId, connectorId, flowId, moment, platformId, projectId, streamName } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { principal } from './principal.js';

/**
 * `full`: everything, every time; `incremental`: what changed since the last time, where the stream can say so, otherwise everything;
 * `incremental_with_deletions`: besides, what a complete reading of the keys does not bring any more is deleted (where the provider
 * tells no deletions).
 */
export const syncMode = z.enum(['full', 'incremental', 'incremental_with_deletions']);
export type SyncMode = z.output<typeof syncMode>;

/** A stream of a flow. A name alone means it with all fields, incremental. */
export const flowStream = z.strictObject({
  name: streamName,
  mode: syncMode.default('incremental'),
  /** Members of the record that are kept, besides those its key and its cursor need; null: all. */
  fields: z.array(z.string().min(1).max(256)).min(1).max(500).nullable().default(null),
});
export type FlowStream = z.output<typeof flowStream>;

/** Where one stream is written, in the words of the destination's connector. */
export const writeTarget = z.discriminatedUnion('kind', [
  /** custom_rest: a request for each record, or for `batch` of them as an array. `{{record.key}}` may stand in the path. */
  z.strictObject({
    kind: z.literal('rest'),
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
    path: z.string().regex(/^\//, 'must begin with /').max(1_024),
    batch: z.int().min(1).max(500).default(1),
    /** Left out: deletions are not written. */
    deletePath: z.string().regex(/^\//, 'must begin with /').max(1_024).optional(),
  }),
  /** custom_graphql: one mutation for each record; variables by name, each a path in `{ key, version, data }`. */
  z.strictObject({
    kind: z.literal('graphql'),
    mutation: z.string().min(1).max(16_384),
    variables: z.record(z.string().regex(/^[_A-Za-z]\w*$/).max(64), z.string().max(256)).default({}),
    deleteMutation: z.string().min(1).max(16_384).optional(),
  }),
  /** postgres, mysql: rows of a table, by key; made with `create` if it is not there: `_key`, `_version`, `_deleted`, `data` as JSON, and a column for each of `columns`. */
  z.strictObject({
    kind: z.literal('table'),
    schema: z.string().min(1).max(63).optional(),
    table: z.string().min(1).max(63),
    columns: z.record(z.string().min(1).max(63), z.string().min(1).max(256)).default({}),
    create: z.boolean().default(true),
  }),
  /** sftp: a file for each batch, whole or not at all. */
  z.strictObject({ kind: z.literal('file'), directory: z.string().min(1).max(1_024), format: z.enum(['json_lines', 'csv']).default('json_lines') }),
]);
export type WriteTarget = z.output<typeof writeTarget>;

export const destination = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('analytics') }),
  /** A connection of a connector that can be written to: custom_rest, custom_graphql, postgres, mysql, sftp. A stream without a target is not read. */
  z.strictObject({ type: z.literal('connection'), connectionId, targets: z.record(streamName, writeTarget).refine((targets) => Object.keys(targets).length > 0, 'must name a stream') }),
]);
export type Destination = z.output<typeof destination>;

const displayName = z.string().trim().min(1).max(200);
/** From outside a name may stand for a stream; among the services it is always written out. */
const nameOfStream = z.codec(streamName, flowStream, { decode: (name) => ({ name }), encode: ({ name }) => name });
const chosenStreams = z
  .array(z.union([flowStream, nameOfStream]))
  .min(1)
  .max(200)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'must name each stream once');
const intervalSeconds = z.int().min(60).max(31 * 86_400);
/** Five fields, in UTC: minute, hour, day of month, month, day of week. Fires at most once a minute. */
const cron = z.string().trim().min(9).max(200);

/** A source connection, the streams to read, where they go, and how often. */
export const flow = z.object({
  id: flowId,
  platformId,
  projectId,
  displayName: z.string(),
  /** Made by itself for each connection, and gone with it; it does not count as use of the connection. */
  isDefault: z.boolean(),
  connectionId,
  /** `missing`: the connection was deleted while the flow named it. */
  connectionState: z.enum(['present', 'missing']),
  connector: connectorId,
  /** Null: every stream of the connector, incremental. */
  streams: z.array(flowStream).nullable(),
  destination,
  /** Of the destination's connection; null: the analytics pipeline. */
  destinationState: z.enum(['present', 'missing']).nullable(),
  /** One of the two, or neither: then it runs only when somebody says so. */
  intervalSeconds: z.int().positive().nullable(),
  cron: z.string().nullable(),
  enabled: z.boolean(),
  nextRunAt: moment.nullable(),
  lastSyncedAt: moment.nullable(),
  created: moment,
  updated: moment,
});
export type Flow = z.output<typeof flow>;

const oneSchedule = (value: { intervalSeconds?: number | null; cron?: string | null }): boolean => !(typeof value.intervalSeconds === 'number' && typeof value.cron === 'string');
const bothSchedules = 'has either intervalSeconds or cron';

export const newFlow = z
  .strictObject({
    displayName,
    connectionId,
    streams: chosenStreams.nullable().default(null),
    destination: destination.default({ type: 'analytics' }),
    /** Without either: every hour. Null: no schedule. */
    intervalSeconds: intervalSeconds.nullable().optional(),
    cron: cron.nullable().optional(),
    enabled: z.boolean().default(true),
  })
  .refine(oneSchedule, bothSchedules);
export const flowChange = z
  .strictObject({
    displayName: displayName.optional(),
    connectionId: connectionId.optional(),
    streams: chosenStreams.nullable().optional(),
    destination: destination.optional(),
    intervalSeconds: intervalSeconds.nullable().optional(),
    cron: cron.nullable().optional(),
    enabled: z.boolean().optional(),
  })
  .refine(oneSchedule, bothSchedules);
const orchestrator = { server: 'sync-orchestrator', callers: ['gateway'] } as const;
const notFound = ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] as const;

export const flows = {
  create: defineRpc('rpc.flows.create', { ...orchestrator, request: z.object({ principal, flow: newFlow }), reply: flow, errors: notFound }),
  list: defineRpc('rpc.flows.list', { ...orchestrator, request: z.object({ principal, connectionId: connectionId.optional(), ...pageRequest }), reply: page(flow), errors: ['AUTHORIZATION'] }),
  get: defineRpc('rpc.flows.get', { ...orchestrator, request: z.object({ principal, id: flowId }), reply: flow, errors: notFound }),
  update: defineRpc('rpc.flows.update', { ...orchestrator, request: z.object({ principal, id: flowId, change: flowChange }), reply: flow, errors: notFound }),
  delete: defineRpc('rpc.flows.delete', { ...orchestrator, request: z.object({ principal, id: flowId }), reply: z.object({ deleted: flowId }), errors: notFound }),
  /** Internal: which flows name these connections (default flows are not counted), within the principal's project or platform. */
  usage: defineRpc('rpc.flows.usage', {
    ...orchestrator,
    callers: ['gateway', 'connector-registry'],
    request: z.object({ principal, connectionIds: z.array(connectionId).max(1_000) }),
    reply: z.object({ flowIds: z.record(connectionId, z.array(flowId)), enabled: z.record(connectionId, z.int().min(0)) }),
  }),
  /** Internal: all flows of the source name the target from now on, in one transaction. A repeat changes nothing. */
  replaceConnection: defineRpc('rpc.flows.replace_connection', {
    ...orchestrator,
    callers: ['connector-registry'],
    request: z.object({ principal, sourceId: connectionId, targetId: connectionId, connector: connectorId }),
    reply: z.object({ flowIds: z.array(flowId) }),
    errors: ['CONFLICT'],
  }),
};
