import type { AuditEntry } from '@trunkline/contracts';

/** An entry as PostgreSQL gives it, with its place in the chain if it has one. */
export interface AuditRow {
  readonly id: string;
  /** UTC, with microseconds, always written alike: it is part of what is hashed. */
  readonly at: string;
  readonly platform_id: string | null;
  readonly project_id: string | null;
  readonly actor_kind: AuditEntry['actor']['kind'];
  readonly actor_id: string;
  readonly actor_user_id: string | null;
  readonly action: string;
  readonly target_type: string;
  readonly target_id: string | null;
  readonly outcome: AuditEntry['outcome'];
  /** The text of the jsonb, which PostgreSQL writes in one way only. */
  readonly details: string;
  readonly request_id: string | null;
}

/** Columns of {@link AuditRow}; the table is `entry`. */
export const auditColumns = `
  entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, entry.platform_id, entry.project_id, entry.actor_kind, entry.actor_id,
  entry.actor_user_id, entry.action, entry.target_type, entry.target_id, entry.outcome, entry.details::text AS details, entry.request_id`;

export type ChainedRow = AuditRow & { readonly sequence: string | null; readonly hash: Buffer | null };

export const toAuditEntry = (row: ChainedRow): AuditEntry => ({
  id: row.id,
  at: `${row.at.slice(0, 23)}Z`,
  platformId: row.platform_id,
  projectId: row.project_id,
  actor: { kind: row.actor_kind, id: row.actor_id, userId: row.actor_user_id },
  action: row.action,
  target: { type: row.target_type, id: row.target_id },
  outcome: row.outcome,
  details: JSON.parse(row.details) as AuditEntry['details'],
  requestId: row.request_id,
  sequence: row.sequence === null ? null : Number(row.sequence),
  hash: row.hash?.toString('hex') ?? null,
});
