import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { connectionId, connectorId, flowId, moment, platformId, projectId, streamName } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { principal } from './principal.js';

/** A source connection, the streams to read, and how often. */
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
  /** Null: every stream of the connector. */
  streams: z.array(streamName).nullable(),
  intervalSeconds: z.int().positive(),
  enabled: z.boolean(),
  nextRunAt: moment.nullable(),
  lastSyncedAt: moment.nullable(),
  created: moment,
  updated: moment,
});
export type Flow = z.output<typeof flow>;

const displayName = z.string().trim().min(1).max(200);
const streams = z.array(streamName).min(1).max(200);
const intervalSeconds = z.int().min(60).max(31 * 86_400);

export const newFlow = z.strictObject({ displayName, connectionId, streams: streams.nullable().default(null), intervalSeconds: intervalSeconds.default(3_600), enabled: z.boolean().default(true) });
export const flowChange = z.strictObject({ displayName: displayName.optional(), connectionId: connectionId.optional(), streams: streams.nullable().optional(), intervalSeconds: intervalSeconds.optional(), enabled: z.boolean().optional() });

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
