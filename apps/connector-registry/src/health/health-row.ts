import type { ConnectionStatus, StatusReason } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { Evidence, HeardCall, Verification } from './health-policy.js';

/** A connection with what was heard of it. */
export interface HealthRow {
  readonly id: string;
  readonly platform_id: string;
  readonly connector: string;
  readonly status: ConnectionStatus;
  readonly status_reason: StatusReason | null;
  readonly credential_version: number | null;
  readonly connected_at: Date | null;
  readonly expires_at: Date | null;
  readonly calls: HeardCall[];
  readonly last_succeeded_at: Date | null;
  readonly last_failed_at: Date | null;
  readonly verified_at: Date | null;
  readonly verify_outcome: Verification | null;
  readonly verify_wanted: boolean;
  readonly verify_attempted_at: Date | null;
  readonly verify_failures: number;
  readonly computed_at: Date | null;
  readonly next_compute_at: Date | null;
  readonly now: Date;
}

/** Columns of a {@link HealthRow} of `c` (connection) and `h` (its health, or nothing). */
export const healthColumns = `c.id, c.platform_id, c.connector, c.status, c.status_reason, c.credential_version::float8 AS credential_version, c.connected_at, c.expires_at,
  coalesce(h.calls, '[]') AS calls, h.last_succeeded_at, h.last_failed_at, h.verified_at, h.verify_outcome, coalesce(h.verify_wanted, false) AS verify_wanted,
  h.verify_attempted_at, coalesce(h.verify_failures, 0) AS verify_failures, h.computed_at, h.next_compute_at, now() AS now`;

export async function readHealth(tx: EntityManager, connectionId: string): Promise<HealthRow | undefined> {
  const rows: HealthRow[] = await tx.query(
    `SELECT ${healthColumns} FROM registry.connection c LEFT JOIN registry.connection_health h ON h.connection_id = c.id WHERE c.id = $1 AND c.deleted_at IS NULL`,
    [connectionId],
  );
  return rows[0];
}

const time = (moment: Date | null): number | null => moment?.getTime() ?? null;

export const evidenceOf = (row: HealthRow): Evidence => ({
  status: row.status,
  statusReason: row.status_reason,
  calls: row.calls,
  connectedAt: time(row.connected_at),
  expiresAt: time(row.expires_at),
  verifyOutcome: row.verify_outcome,
  verifiedAt: time(row.verified_at),
  verifyAttemptedAt: time(row.verify_attempted_at),
  verifyWanted: row.verify_wanted,
  verifyFailures: row.verify_failures,
  now: row.now.getTime(),
});
