import { Controller, Inject } from '@nestjs/common';
import { clientSecretRotations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { Rotations } from '@trunkline/persistence';

@Controller()
export class RotationHandler {
  readonly #rotations: Rotations;

  constructor(@Inject(Rotations) rotations: Rotations) {
    this.#rotations = rotations;
  }

  @Rpc(clientSecretRotations.start)
  start(request: RequestOf<typeof clientSecretRotations.start>): Promise<ReplyOf<typeof clientSecretRotations.start>> {
    return this.#rotations.start(request);
  }

  @Rpc(clientSecretRotations.get)
  get(request: RequestOf<typeof clientSecretRotations.get>): Promise<ReplyOf<typeof clientSecretRotations.get>> {
    return this.#rotations.get(request);
  }

  @Rpc(clientSecretRotations.list)
  list(request: RequestOf<typeof clientSecretRotations.list>): Promise<ReplyOf<typeof clientSecretRotations.list>> {
    return this.#rotations.list(request);
  }
}
