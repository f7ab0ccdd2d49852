import { Controller, Inject } from '@nestjs/common';
import { authorizations, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { BrokerParts } from '../broker-parts.js';
import { acceptGrant } from './accept-grant.js';
import { completeAuthorization } from './complete-authorization.js';
import { makeAuthorizationUrl } from './make-authorization-url.js';
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

  @Rpc(authorizations.url)
  url(request: RequestOf<typeof authorizations.url>): Promise<ReplyOf<typeof authorizations.url>> {
    return makeAuthorizationUrl(this.#parts, request);
  }

  @Rpc(authorizations.accept)
  accept(request: RequestOf<typeof authorizations.accept>): Promise<ReplyOf<typeof authorizations.accept>> {
    return acceptGrant(this.#parts, request);
  }

  @Rpc(authorizations.complete)
  complete(request: RequestOf<typeof authorizations.complete>): Promise<ReplyOf<typeof authorizations.complete>> {
    return completeAuthorization(this.#parts, request);
  }
}
