import { Controller, Inject } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { LeaseToken } from './lease-token.js';
import { ResolveToken } from './resolve-token.js';

@Controller()
export class ResolveHandler {
  readonly #resolve: ResolveToken;
  readonly #lease: LeaseToken;

  constructor(@Inject(ResolveToken) resolve: ResolveToken, @Inject(LeaseToken) lease: LeaseToken) {
    this.#resolve = resolve;
    this.#lease = lease;
  }

  @Rpc(credentials.resolve)
  resolve(request: RequestOf<typeof credentials.resolve>): Promise<ReplyOf<typeof credentials.resolve>> {
    return this.#resolve.resolve(request);
  }

  @Rpc(credentials.lease)
  lease(request: RequestOf<typeof credentials.lease>): Promise<ReplyOf<typeof credentials.lease>> {
    return this.#lease.lease(request);
  }
}
