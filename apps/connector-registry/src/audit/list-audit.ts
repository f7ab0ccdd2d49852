import { audits, mayDo, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { RegistryParts } from '../registry-parts.js';
import { auditColumns, toAuditEntry, type ChainedRow } from './audit-row.js';

type Contract = typeof audits.list;

/** Entries the principal may see, oldest first: a project's, a platform's, or (the operator) all. */
export async function listAudit({ database, pages }: RegistryParts, { principal, limit, cursor, ...filters }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  if (!mayDo(principal, 'audit:read')) throw new AppError('AUTHORIZATION', 'Reading the audit log needs the scope audit:read.', { params: { scope: 'audit:read' } });
  const { platformId, projectId } = principal;
  const values = [platformId, projectId, filters.action, filters.targetId, filters.actorId, filters.outcome, filters.from, filters.to].map((value) => value ?? null);
  const page = await pages.read<ChainedRow & { cursor_at: string }>(
    { limit, cursor },
    { list: 'audit', platformId, projectId, ...filters },
    { columns: { at: 'entry.at', id: 'entry.id' }, firstParameter: values.length + 1 },
    (query) =>
      asTenant(database, principal, (tx) =>
        tx.query(
          `SELECT ${auditColumns}, entry.at::text AS cursor_at, link.sequence, link.hash
           FROM registry.audit_entry AS entry LEFT JOIN registry.audit_chain AS link ON link.entry_id = entry.id
           WHERE ($1::text IS NULL OR entry.platform_id = $1) AND ($2::text IS NULL OR entry.project_id = $2) AND ($3::text IS NULL OR entry.action = $3)
             AND ($4::text IS NULL OR entry.target_id = $4) AND ($5::text IS NULL OR entry.actor_id = $5 OR entry.actor_user_id = $5)
             AND ($6::text IS NULL OR entry.outcome = $6) AND ($7::timestamptz IS NULL OR entry.at >= $7) AND ($8::timestamptz IS NULL OR entry.at < $8)
             AND ${query.condition}
           ORDER BY ${query.order} LIMIT ${query.limit}`,
          [...values, ...query.values],
        ),
      ),
  );
  return { data: page.rows.map(toAuditEntry), next: page.next, previous: page.previous };
}
