import { Controller, Inject, type Type } from '@nestjs/common';
import type { ReplyOf, RequestOf, RotationContracts } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { Rotations } from './rotations.js';

/** Answers for the rotations of a service's keys. Every service that seals has the same three questions under a noun of its own. */
export function rotationHandler(contracts: RotationContracts): Type {
  @Controller()
  class RotationHandler {
    readonly #rotations: Rotations;

    constructor(@Inject(Rotations) rotations: Rotations) {
      this.#rotations = rotations;
    }

    @Rpc(contracts.start)
    start(request: RequestOf<RotationContracts['start']>): Promise<ReplyOf<RotationContracts['start']>> {
      return this.#rotations.start(request);
    }

    @Rpc(contracts.get)
    get(request: RequestOf<RotationContracts['get']>): Promise<ReplyOf<RotationContracts['get']>> {
      return this.#rotations.get(request);
    }

    @Rpc(contracts.list)
    list(request: RequestOf<RotationContracts['list']>): Promise<ReplyOf<RotationContracts['list']>> {
      return this.#rotations.list(request);
    }
  }
  return RotationHandler;
}
