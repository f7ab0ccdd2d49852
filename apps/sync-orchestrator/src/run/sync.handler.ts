import { Controller, Inject } from '@nestjs/common';
import { syncs, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { GetSync } from './get-sync.js';
import { RunSync } from './run-sync.js';

@Controller()
export class SyncHandler {
  readonly #runSync: RunSync;
  readonly #getSync: GetSync;

  constructor(@Inject(RunSync) runSync: RunSync, @Inject(GetSync) getSync: GetSync) {
    this.#runSync = runSync;
    this.#getSync = getSync;
  }

  @Rpc(syncs.run)
  run({ principal }: RequestOf<typeof syncs.run>): Promise<ReplyOf<typeof syncs.run>> {
    return this.#runSync.run(principal);
  }

  @Rpc(syncs.get)
  get({ principal, syncId }: RequestOf<typeof syncs.get>): Promise<ReplyOf<typeof syncs.get>> {
    return this.#getSync.get(principal, syncId);
  }

  @Rpc(syncs.last)
  last({ principal, connectionIds }: RequestOf<typeof syncs.last>): Promise<ReplyOf<typeof syncs.last>> {
    return this.#getSync.last(principal, connectionIds);
  }
}
