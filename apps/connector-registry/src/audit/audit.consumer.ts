import { Controller, Inject } from '@nestjs/common';
import { auditRecorded, credentialRevoked, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { insertEntry, recordAudit } from './record-audit.js';

/** What other services did, told in the transaction in which they did it. Each fact has one entry. */
@Controller()
export class AuditConsumer {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Consume(auditRecorded)
  recorded({ id, data }: Delivery<DataOf<typeof auditRecorded>>): Promise<void> {
    return this.#parts.inbox.once('audit-recorded', id, (tx) => insertEntry(tx, data));
  }

  /** What became of a deleted connection's tokens at the provider. */
  @Consume(credentialRevoked)
  revoked({ id, data }: Delivery<DataOf<typeof credentialRevoked>>): Promise<void> {
    const { connectionId, platformId, projectId, connector, outcome } = data;
    return this.#parts.inbox.once('audit-credential-revoked', id, (tx) =>
      recordAudit(tx, {
        who: { kind: 'service', id: 'token-refresher', userId: null },
        tenant: { platformId, projectId },
        action: 'credential.revoked',
        target: { type: 'app_connection', id: connectionId },
        outcome: outcome === 'failed' ? 'failed' : 'done',
        details: { connector, revocation: outcome },
      }),
    );
  }
}
