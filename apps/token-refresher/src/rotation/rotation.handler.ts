import { Controller, Inject } from '@nestjs/common';
import { credentialRotations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { Rotations } from '@trunkline/persistence';

@Controller()
export class RotationHandler {
  readonly #rotations: Rotations;

  constructor(@Inject(Rotations) rotations: Rotations) {
    this.#rotations = rotations;
  }

  @Rpc(credentialRotations.start)
  start(request: RequestOf<typeof credentialRotations.start>): Promise<ReplyOf<typeof credentialRotations.start>> {
    return this.#rotations.start(request);
  }

  @Rpc(credentialRotations.get)
  get(request: RequestOf<typeof credentialRotations.get>): Promise<ReplyOf<typeof credentialRotations.get>> {
    return this.#rotations.get(request);
  }

  @Rpc(credentialRotations.list)
  list(request: RequestOf<typeof credentialRotations.list>): Promise<ReplyOf<typeof credentialRotations.list>> {
    return this.#rotations.list(request);
  }
}
