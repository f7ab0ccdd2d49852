import { Controller, Inject } from '@nestjs/common';
import { webhookSecretRotations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { Rotations } from '@trunkline/persistence';

@Controller()
export class RotationHandler {
  readonly #rotations: Rotations;

  constructor(@Inject(Rotations) rotations: Rotations) {
    this.#rotations = rotations;
  }

  @Rpc(webhookSecretRotations.start)
  start(request: RequestOf<typeof webhookSecretRotations.start>): Promise<ReplyOf<typeof webhookSecretRotations.start>> {
    return this.#rotations.start(request);
  }

  @Rpc(webhookSecretRotations.get)
  get(request: RequestOf<typeof webhookSecretRotations.get>): Promise<ReplyOf<typeof webhookSecretRotations.get>> {
    return this.#rotations.get(request);
  }

  @Rpc(webhookSecretRotations.list)
  list(request: RequestOf<typeof webhookSecretRotations.list>): Promise<ReplyOf<typeof webhookSecretRotations.list>> {
    return this.#rotations.list(request);
  }
}
