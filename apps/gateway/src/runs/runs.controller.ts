import { Controller, Inject, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { connectionId, flowId, page, pageRequest, run, runId, runs, runStatus, type ReplyOf, type Run } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { RunWatches } from './run-watches.js';

const mayRead = { kind: 'key', scope: 'flows:read' } as const;
const mayRun = { kind: 'key', scope: 'syncs:run' } as const;
const oneRun = { params: z.strictObject({ id: runId }), errors: ['ENTITY_NOT_FOUND'] } as const;
const pages = { limit: z.int().min(1).max(100).default(10), cursor: pageRequest.cursor };

const startRun = endpoint({
  method: 'POST', path: '/api/v1/flows/:id/run', operation: 'runFlow', tag: 'Runs', summary: 'Run a flow now', access: mayRun,
  description: 'Answers at once, with the run that is under way if there is one. Works without a schedule and while `enabled` is false. `full` begins every stream anew.',
  params: z.strictObject({ id: flowId }), body: z.strictObject({ full: z.boolean().default(false) }), projectInBody: true, reply: run, errors: ['ENTITY_NOT_FOUND', 'CONFLICT'],
});
const listRuns = endpoint({
  method: 'GET', path: '/api/v1/runs', operation: 'listRuns', tag: 'Runs', summary: 'What was read, and how it went', access: mayRead,
  description: 'Newest first, with what became of each stream. Runs that are over are kept for a time the operator sets (30 days by default).',
  query: z.strictObject({ flowId: flowId.optional(), connectionId: connectionId.optional(), status: runStatus.optional(), ...pages }), reply: page(run),
});
const getRun = endpoint({ method: 'GET', path: '/api/v1/runs/:id', operation: 'getRun', tag: 'Runs', summary: 'How far a run is', access: mayRead, reply: run, ...oneRun });
const cancelRun = endpoint({
  method: 'POST', path: '/api/v1/runs/:id/cancel', operation: 'cancelRun', tag: 'Runs', summary: 'End a run', access: mayRun,
  description: 'What was read stays, and the next run goes on from there. A run that is over is answered as it is.',
  body: z.strictObject({}).optional(), projectInBody: true, reply: run, ...oneRun,
});
const retryRun = endpoint({
  method: 'POST', path: '/api/v1/runs/:id/retry', operation: 'retryRun', tag: 'Runs', summary: 'Read again what failed', access: mayRun,
  description: 'A new run of the streams that failed or were cancelled, from where they stood; if a run of the flow is under way, that one.',
  body: z.strictObject({}).optional(), projectInBody: true, reply: run, params: oneRun.params, errors: ['ENTITY_NOT_FOUND', 'CONFLICT'],
});
const listQuarantined = endpoint({
  method: 'GET', path: '/api/v1/runs/:id/quarantined', operation: 'listQuarantinedRecords', tag: 'Runs', summary: 'Records that were put aside, and why', access: mayRead,
  description: 'Where each was found; what it held is not kept.', query: z.strictObject(pages), reply: runs.quarantined.reply, ...oneRun,
});
const watchRun = endpoint({
  method: 'GET', path: '/api/v1/runs/:id/events', operation: 'watchRun', tag: 'Runs', summary: 'The progress of a run, as it happens', access: mayRead,
  description: 'Server-sent events: `progress` with the run as data when it changed (at most once a second), `end` when it is over. After ten minutes the stream closes and is to be opened again, with `Last-Event-ID`.',
  media: 'text/event-stream', otherStatuses: { 204: 'It is over, and the client has seen the end.' }, ...oneRun,
});

/** Executions of flows. */
@Controller()
export class RunsController {
  readonly #rpc: RpcClient;
  readonly #watches: RunWatches;

  constructor(@Inject(RpcClient) rpc: RpcClient, @Inject(RunWatches) watches: RunWatches) {
    this.#rpc = rpc;
    this.#watches = watches;
  }

  @Serve(startRun)
  start(@Call() { principal, params, body }: CallOf<typeof startRun>): Promise<Run> {
    return this.#rpc.call(runs.start, { principal, flowId: params.id, ...body });
  }

  @Serve(listRuns)
  list(@Call() { principal, query }: CallOf<typeof listRuns>): Promise<ReplyOf<typeof runs.list>> {
    return this.#rpc.call(runs.list, { principal, ...query });
  }

  @Serve(getRun)
  get(@Call() { principal, params }: CallOf<typeof getRun>): Promise<Run> {
    return this.#rpc.call(runs.get, { principal, id: params.id });
  }

  @Serve(cancelRun)
  cancel(@Call() { principal, params }: CallOf<typeof cancelRun>): Promise<Run> {
    return this.#rpc.call(runs.cancel, { principal, id: params.id });
  }

  @Serve(retryRun)
  retry(@Call() { principal, params }: CallOf<typeof retryRun>): Promise<Run> {
    return this.#rpc.call(runs.retry, { principal, id: params.id });
  }

  @Serve(listQuarantined)
  quarantined(@Call() { principal, params, query }: CallOf<typeof listQuarantined>): Promise<ReplyOf<typeof runs.quarantined>> {
    return this.#rpc.call(runs.quarantined, { principal, id: params.id, ...query });
  }

  @Serve(watchRun)
  async watch(@Call() { principal, params, request, reply }: CallOf<typeof watchRun>): Promise<StreamableFile | undefined> {
    const seen = request.headers['last-event-id'];
    const events = await this.#watches.watch(principal, params.id, typeof seen === 'string' ? seen : null);
    void reply.header('cache-control', 'no-store, no-transform').header('x-accel-buffering', 'no');
    if (events === null) {
      void reply.status(204);
      return undefined;
    }
    return new StreamableFile(events, { type: 'text/event-stream; charset=utf-8' });
  }
}
