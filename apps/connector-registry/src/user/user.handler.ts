import { Controller, Inject } from '@nestjs/common';
import { users, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createUser } from './create-user.js';
import { getUser } from './get-user.js';
import { listUsers } from './list-users.js';
import { updateUser } from './update-user.js';

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

  @Rpc(users.list)
  list(request: RequestOf<typeof users.list>): Promise<ReplyOf<typeof users.list>> {
    return listUsers(this.#parts, request);
  }

  @Rpc(users.get)
  get(request: RequestOf<typeof users.get>): Promise<ReplyOf<typeof users.get>> {
    return getUser(this.#parts, request);
  }

  @Rpc(users.update)
  update(request: RequestOf<typeof users.update>): Promise<ReplyOf<typeof users.update>> {
    return updateUser(this.#parts, request);
  }
}
