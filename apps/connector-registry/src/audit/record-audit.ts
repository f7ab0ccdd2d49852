import { newId, type auditRecorded, type DataOf } from '@trunkline/contracts';
import type { Audited } from '@trunkline/persistence';
import { currentTrace } from '@trunkline/service';
import type { EntityManager } from 'typeorm';

/** Writes an entry in the transaction of the change it tells of: both are there, or neither. */
export const recordAudit = (tx: EntityManager, { who, tenant, outcome = 'done', details = {}, ...audited }: Audited): Promise<void> =>
  insertEntry(tx, {
    ...audited,
    platformId: tenant.platformId,
    projectId: tenant.projectId,
    actor: { kind: who.kind, id: who.id, userId: who.userId },
    outcome,
    details,
    requestId: currentTrace()?.requestId ?? null,
  });

export async function insertEntry(tx: EntityManager, entry: DataOf<typeof auditRecorded>): Promise<void> {
  const { platformId, projectId, actor, action, target, outcome, details, requestId } = entry;
  await tx.query(
    `INSERT INTO registry.audit_entry (id, platform_id, project_id, actor_kind, actor_id, actor_user_id, action, target_type, target_id, outcome, details, request_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [newId('auditEntry'), platformId, projectId, actor.kind, actor.id, actor.userId, action, target.type, target.id, outcome, JSON.stringify(details), requestId],
  );
}
