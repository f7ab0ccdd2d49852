import { Controller, Inject } from '@nestjs/common';
import { credentials, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { DeleteCredential } from './delete-credential.js';
import { PutCredential } from './put-credential.js';

@Controller()
export class CredentialHandler {
  readonly #put: PutCredential;
  readonly #delete: DeleteCredential;

  constructor(@Inject(PutCredential) put: PutCredential, @Inject(DeleteCredential) remove: DeleteCredential) {
    this.#put = put;
    this.#delete = remove;
  }

  @Rpc(credentials.put)
  put(request: RequestOf<typeof credentials.put>): Promise<ReplyOf<typeof credentials.put>> {
    return this.#put.put(request);
  }

  @Rpc(credentials.delete)
  delete(request: RequestOf<typeof credentials.delete>): Promise<ReplyOf<typeof credentials.delete>> {
    return this.#delete.delete(request);
  }
}
