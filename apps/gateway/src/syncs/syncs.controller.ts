import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectorId, sync, syncId, syncs, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';

const mayRun = { kind: 'key', scope: 'syncs:run' } as const;
export const startedSync = z.object({ status: z.literal('started'), syncId, connectors: z.array(connectorId) });

const runSync = endpoint({
  method: 'POST', path: '/api/sync/run', operation: 'runSync', tag: 'Syncs', summary: 'Read all active connections now', access: mayRun,
  description: 'Answers at once; records flow into the analytics pipeline afterwards. A connection that is being read already is joined, not read twice.',
  body: z.strictObject({}).optional(), projectInBody: true, reply: startedSync,
});
const runSyncByGet = endpoint({
  method: 'GET', path: '/api/sync/run', operation: 'runSyncByGet', tag: 'Syncs', summary: 'Read all active connections now (POST is preferred)', access: { ...mayRun, cookie: false },
  description: 'The reference\'s form. Works with a key in a header only, and not by HEAD: a link or a prefetch cannot start a sync.', reply: startedSync,
});
const getSync = endpoint({
  method: 'GET', path: '/api/sync/:syncId', operation: 'getSync', tag: 'Syncs', summary: 'How far a sync is', access: mayRun,
  params: z.strictObject({ syncId }), reply: sync, errors: ['ENTITY_NOT_FOUND'],
});

@Controller()
export class SyncsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(runSync)
  run(@Call() { principal }: CallOf<typeof runSync>): Promise<ReplyOf<typeof syncs.run>> {
    return this.#rpc.call(syncs.run, { principal });
  }

  @Serve(runSyncByGet)
  runByGet(@Call() { principal }: CallOf<typeof runSyncByGet>): Promise<ReplyOf<typeof syncs.run>> {
    return this.#rpc.call(syncs.run, { principal });
  }

  @Serve(getSync)
  get(@Call() { principal, params }: CallOf<typeof getSync>): Promise<ReplyOf<typeof syncs.get>> {
    return this.#rpc.call(syncs.get, { principal, syncId: params.syncId });
  }
}
