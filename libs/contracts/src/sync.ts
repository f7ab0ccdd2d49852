import { z } from 'zod';
import { defineEvent, defineJob, defineRpc } from './kit/define.js';
import { connectionId, connectorId, flowId, moment, projectId, runId, streamName, syncId, taskId } from './kit/ids.js';
import { principal } from './principal.js';

export const runStatus = z.enum(['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled']);
export type RunStatus = z.output<typeof runStatus>;
export const taskStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type TaskStatus = z.output<typeof taskStatus>;

export const streamProgress = z.object({
  stream: streamName,
  status: taskStatus,
  /** Records published and acknowledged so far in this run. */
  records: z.int().min(0),
  deleted: z.int().min(0),
  pages: z.int().min(0),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const run = z.object({
  id: runId,
  flowId,
  connectionId,
  connector: connectorId,
  status: runStatus,
  trigger: z.enum(['manual', 'schedule']),
  startedAt: moment,
  finishedAt: moment.nullable(),
  records: z.int().min(0),
  streams: z.array(streamProgress),
});

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
