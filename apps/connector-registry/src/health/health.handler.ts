import { Controller, Inject } from '@nestjs/common';
import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { healthOf } from './health-of.js';
import { recompute } from './recompute.js';
import { reportCall } from './report-call.js';
import { verifyConnection } from './verify-connection.js';

@Controller()
export class HealthHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(connections.health)
  health(request: RequestOf<typeof connections.health>): Promise<ReplyOf<typeof connections.health>> {
    return healthOf(this.#parts, request);
  }

  @Rpc(connections.verify)
  verify(request: RequestOf<typeof connections.verify>): Promise<ReplyOf<typeof connections.verify>> {
    return verifyConnection(this.#parts, request);
  }

  @Rpc(connections.recompute)
  recompute(request: RequestOf<typeof connections.recompute>): Promise<ReplyOf<typeof connections.recompute>> {
    return recompute(this.#parts, request);
  }

  @Rpc(connections.report)
  report(request: RequestOf<typeof connections.report>): Promise<ReplyOf<typeof connections.report>> {
    return reportCall(this.#parts, request);
  }
}
