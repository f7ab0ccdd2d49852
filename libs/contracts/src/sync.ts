import { z } from 'zod';
import { defineEvent, defineJob, defineRpc } from './kit/define.js';
import { connectionId, connectorId, flowId, moment, projectId, runId, streamName, syncId, taskId } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { syncMode } from './flow.js';
import { principal } from './principal.js';

export const runStatus = z.enum(['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled']);
export type RunStatus = z.output<typeof runStatus>;
export const taskStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type TaskStatus = z.output<typeof taskStatus>;

export const streamProgress = z.object({
  stream: streamName,
  status: taskStatus,
  mode: syncMode,
  /** Records published and acknowledged so far in this run. */
  records: z.int().min(0),
  deleted: z.int().min(0),
  pages: z.int().min(0),
  /** Records put aside. */
  quarantined: z.int().min(0),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const run = z.object({
  id: runId,
  flowId,
  connectionId,
  connector: connectorId,
  status: runStatus,
  trigger: z.enum(['manual', 'schedule', 'retry']),
  startedAt: moment,
  finishedAt: moment.nullable(),
  records: z.int().min(0),
  streams: z.array(streamProgress),
});

export type Run = z.output<typeof run>;

export const sync = z.object({
  syncId,
  status: z.enum(['running', 'succeeded', 'partial', 'failed']),
  connectors: z.array(connectorId),
  startedAt: moment,
  finishedAt: moment.nullable(),
  records: z.int().min(0),
  runs: z.array(run),
});
export type Sync = z.output<typeof sync>;

const orchestrator = { server: 'sync-orchestrator', callers: ['gateway'] } as const;

export const syncs = {
  /** Starts a run for every active connection of the project, or joins the one under way. Answers at once. */
  run: defineRpc('rpc.syncs.run', {
    ...orchestrator,
    request: z.object({ principal }),
    reply: z.object({ status: z.literal('started'), syncId, connectors: z.array(connectorId) }),
    errors: ['AUTHORIZATION'],
  }),
  get: defineRpc('rpc.syncs.get', {
    ...orchestrator,
    request: z.object({ principal, syncId }),
    reply: sync,
    errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION'],
  }),
  /** When each connection was last read to the end. */
  last: defineRpc('rpc.syncs.last', {
    ...orchestrator,
    request: z.object({ principal, connectionIds: z.array(connectionId).max(1_000) }),
    reply: z.object({ lastSync: z.record(connectionId, moment) }),
    errors: ['AUTHORIZATION'],
  }),
};

/** One execution of a flow, by itself. */
export const runs = {
  /** Runs a flow now, or answers the run that is under way. `full`: begins every stream anew. */
  start: defineRpc('rpc.runs.start', { ...orchestrator, request: z.object({ principal, flowId, full: z.boolean().default(false) }), reply: run, errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION', 'CONFLICT'] }),
  list: defineRpc('rpc.runs.list', {
    ...orchestrator,
    request: z.object({ principal, flowId: flowId.optional(), connectionId: connectionId.optional(), status: runStatus.optional(), ...pageRequest }),
    reply: page(run),
    errors: ['AUTHORIZATION'],
  }),
  get: defineRpc('rpc.runs.get', { ...orchestrator, request: z.object({ principal, id: runId }), reply: run, errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] }),
  /** What was read stays; the next run goes on from there. One that is over is answered as it is. */
  cancel: defineRpc('rpc.runs.cancel', { ...orchestrator, request: z.object({ principal, id: runId }), reply: run, errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] }),
  /** A new run of the streams that failed or were cancelled; if one of the flow is under way, that one. */
  retry: defineRpc('rpc.runs.retry', { ...orchestrator, request: z.object({ principal, id: runId }), reply: run, errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION', 'CONFLICT'] }),
  /** Records that were put aside, and why. */
  quarantined: defineRpc('rpc.runs.quarantined', {
    ...orchestrator,
    request: z.object({ principal, id: runId, ...pageRequest }),
    reply: page(z.object({ stream: streamName, reason: z.string(), page: z.int(), position: z.int(), created: moment })),
    errors: ['ENTITY_NOT_FOUND', 'AUTHORIZATION'],
  }),
};

/** Nudge: this task may be worked on. Subject `job.sync.task.<connector>`. */
export const syncTaskJob = defineJob('job.sync.task', {
  worker: 'sync-orchestrator',
  data: z.object({ taskId }),
});

export const syncRunFinished = defineEvent('evt.sync_run.finished.v1', {
  producers: ['sync-orchestrator'],
  consumers: [],
  data: z.object({ runId, flowId, connectionId, projectId, connector: connectorId, status: runStatus, records: z.int().min(0) }),
});
