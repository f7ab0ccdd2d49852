import { Controller, Inject } from '@nestjs/common';
import { audits, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { listAudit } from './list-audit.js';
import { recordAudit } from './record-audit.js';
import { verifyAudit } from './verify-audit.js';

@Controller()
export class AuditHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(audits.list)
  list(request: RequestOf<typeof audits.list>): Promise<ReplyOf<typeof audits.list>> {
    return listAudit(this.#parts, request);
  }

  @Rpc(audits.verify)
  verify(request: RequestOf<typeof audits.verify>): Promise<ReplyOf<typeof audits.verify>> {
    return verifyAudit(this.#parts, request);
  }

  @Rpc(audits.denied)
  async denied({ principal, ...attempt }: RequestOf<typeof audits.denied>): Promise<ReplyOf<typeof audits.denied>> {
    await recordAudit(this.#parts.database.manager, { who: principal, tenant: principal, outcome: 'denied', ...attempt });
    return {};
  }
}
