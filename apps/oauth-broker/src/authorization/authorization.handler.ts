import { Controller, Inject } from '@nestjs/common';
import { authorizations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { BrokerParts } from '../broker-parts.js';
import { completeAuthorization } from './complete-authorization.js';
import { startAuthorization } from './start-authorization.js';

@Controller()
export class AuthorizationHandler {
  readonly #parts: BrokerParts;

  constructor(@Inject(BrokerParts) parts: BrokerParts) {
    this.#parts = parts;
  }

  @Rpc(authorizations.start)
  start(request: RequestOf<typeof authorizations.start>): Promise<ReplyOf<typeof authorizations.start>> {
    return startAuthorization(this.#parts, request);
  }

  @Rpc(authorizations.complete)
  complete(request: RequestOf<typeof authorizations.complete>): Promise<ReplyOf<typeof authorizations.complete>> {
    return completeAuthorization(this.#parts, request);
  }
}
