import { Controller, Inject } from '@nestjs/common';
import { sessions, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { createSession } from './create-session.js';
import { endSession } from './end-session.js';

@Controller()
export class SessionHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(sessions.create)
  create(request: RequestOf<typeof sessions.create>): Promise<ReplyOf<typeof sessions.create>> {
    return createSession(this.#parts, request);
  }

  @Rpc(sessions.end)
  end(request: RequestOf<typeof sessions.end>): Promise<ReplyOf<typeof sessions.end>> {
    return endSession(this.#parts, request);
  }
}
