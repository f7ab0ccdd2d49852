import { auditRecorded, type AuditEntry, type Principal } from '@trunkline/contracts';
import { currentTrace } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { Outbox } from '../outbox/outbox.js';

/** What happened, as the verb that did it says. Names and counts in `details`, never values. */
export interface Audited {
  readonly who: Pick<Principal, 'kind' | 'id' | 'userId'> | { readonly kind: 'service'; readonly id: string; readonly userId: null };
  /** Whose it is; null: the installation's. */
  readonly tenant: { readonly platformId: string | null; readonly projectId: string | null };
  /** `<noun>.<past participle>`, e.g. `oauth_app.stored`. */
  readonly action: string;
  readonly target: AuditEntry['target'];
  readonly outcome?: AuditEntry['outcome'];
  readonly details?: AuditEntry['details'];
}

/** Tells the registry, which keeps the audit log, in the transaction of the change: once that is committed the entry is certain. */
export const tellAudit = (outbox: Outbox, tx: EntityManager, { who, tenant, outcome = 'done', details = {}, ...audited }: Audited): Promise<void> =>
  outbox.addEvent(tx, auditRecorded, {
    ...audited,
    ...tenant,
    actor: { kind: who.kind, id: who.id, userId: who.userId },
    outcome,
    details,
    requestId: currentTrace()?.requestId ?? null,
  });
