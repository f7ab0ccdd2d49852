import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectionId, flow, flowChange, flowId, flows, newFlow, page, pageRequest, type Flow, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const mayRead = { kind: 'key', scope: 'flows:read' } as const;
const mayWrite = { kind: 'key', scope: 'flows:write' } as const;
const oneFlow = { params: z.strictObject({ id: flowId }), errors: ['ENTITY_NOT_FOUND'] } as const;

const listFlows = endpoint({
  method: 'GET', path: '/api/v1/flows', operation: 'listFlows', tag: 'Flows', summary: 'What is read, and how often', access: mayRead,
  description: 'Oldest first, with the default flow that each connection of a project has. `connectionId` shows the flows of one connection.',
  query: z.strictObject({ connectionId: connectionId.optional(), limit: z.int().min(1).max(100).default(10), cursor: pageRequest.cursor }), reply: page(flow),
});
const createFlow = endpoint({
  method: 'POST', path: '/api/v1/flows', operation: 'createFlow', tag: 'Flows', summary: 'Read chosen streams of a connection on a schedule', access: mayWrite,
  description: 'The records belong to the project of the flow. Without `streams` every stream of the connector is read, incrementally. `destination` is the analytics pipeline, or a connection that can be written to with a target for each stream that is to go there. The schedule is `intervalSeconds` (every hour, if nothing is said; the first run is due at once), or `cron`: five fields in UTC; with `intervalSeconds: null` it runs only when somebody says so.',
  body: newFlow, projectInBody: true, reply: flow, status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const getFlow = endpoint({ method: 'GET', path: '/api/v1/flows/:id', operation: 'getFlow', tag: 'Flows', summary: 'One flow', access: mayRead, reply: flow, ...oneFlow });
const updateFlow = endpoint({
  method: 'POST', path: '/api/v1/flows/:id', operation: 'updateFlow', tag: 'Flows', summary: 'Change a flow', access: mayWrite,
  description: 'From its next run on. With another `connectionId`, destination or choice of fields a run under way is cancelled and what is concerned is read anew. `cron` and `intervalSeconds` take each other\'s place. `enabled: false` ends the schedule; "sync now" still reads a default flow.',
  body: flowChange, projectInBody: true, reply: flow, ...oneFlow,
});
const deleteFlow = endpoint({
  method: 'DELETE', path: '/api/v1/flows/:id', operation: 'deleteFlow', tag: 'Flows', summary: 'Delete a flow', access: mayWrite,
  description: 'A run under way is cancelled; what was read stays. A default flow goes with its connection.', reply: flows.delete.reply, ...oneFlow,
});

/** Which streams of which connection are read into the pipeline, and when. */
@Controller()
export class FlowsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(listFlows)
  list(@Call() { principal, query }: CallOf<typeof listFlows>): Promise<ReplyOf<typeof flows.list>> {
    return this.#rpc.call(flows.list, { principal, ...query });
  }

  @Serve(createFlow)
  create(@Call() { principal, body }: CallOf<typeof createFlow>): Promise<Flow> {
    return this.#rpc.call(flows.create, { principal, flow: body });
  }

  @Serve(getFlow)
  get(@Call() { principal, params }: CallOf<typeof getFlow>): Promise<Flow> {
    return this.#rpc.call(flows.get, { principal, id: params.id });
  }

  @Serve(updateFlow)
  update(@Call() { principal, params, body }: CallOf<typeof updateFlow>): Promise<Flow> {
    return this.#rpc.call(flows.update, { principal, id: params.id, change: body });
  }

  @Serve(deleteFlow)
  delete(@Call() { principal, params }: CallOf<typeof deleteFlow>): Promise<ReplyOf<typeof flows.delete>> {
    return this.#rpc.call(flows.delete, { principal, id: params.id });
  }
}
