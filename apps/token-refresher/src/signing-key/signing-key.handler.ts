import { Controller, Inject } from '@nestjs/common';
import { signingKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { CreateSigningKey } from './create-signing-key.js';
import { DeleteSigningKey } from './delete-signing-key.js';
import { FindSigningKey } from './find-signing-key.js';

@Controller()
export class SigningKeyHandler {
  readonly #create: CreateSigningKey;
  readonly #find: FindSigningKey;
  readonly #delete: DeleteSigningKey;

  constructor(@Inject(CreateSigningKey) create: CreateSigningKey, @Inject(FindSigningKey) find: FindSigningKey, @Inject(DeleteSigningKey) remove: DeleteSigningKey) {
    this.#create = create;
    this.#find = find;
    this.#delete = remove;
  }

  @Rpc(signingKeys.create)
  create(request: RequestOf<typeof signingKeys.create>): Promise<ReplyOf<typeof signingKeys.create>> {
    return this.#create.create(request);
  }

  @Rpc(signingKeys.list)
  list(request: RequestOf<typeof signingKeys.list>): Promise<ReplyOf<typeof signingKeys.list>> {
    return this.#find.list(request);
  }

  @Rpc(signingKeys.get)
  get(request: RequestOf<typeof signingKeys.get>): Promise<ReplyOf<typeof signingKeys.get>> {
    return this.#find.get(request);
  }

  @Rpc(signingKeys.delete)
  delete(request: RequestOf<typeof signingKeys.delete>): Promise<ReplyOf<typeof signingKeys.delete>> {
    return this.#delete.delete(request);
  }
}
