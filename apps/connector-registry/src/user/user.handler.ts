import { Controller, Inject } from '@nestjs/common';
import { users, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createUser } from './create-user.js';

@Controller()
export class UserHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(users.create)
  create(request: RequestOf<typeof users.create>): Promise<ReplyOf<typeof users.create>> {
    return createUser(this.#parts, request);
  }
}
