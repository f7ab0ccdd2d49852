import type { connectionCalled, DataOf } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import { noteCall, type HeardCall } from './health-policy.js';

type Call = DataOf<typeof connectionCalled>;

interface Held {
  readonly calls: HeardCall[];
  readonly at: Date;
}

/**
 * Writes a call into its connection's window. The row is held: calls that come at once are taken in one after the other, and their own
 * time says in which order they stand. Nothing is computed here, only brought forward: at once where a call may change the status.
 */
export async function hearCall(tx: EntityManager, { connectionId, at, source, outcome, code }: Call): Promise<void> {
  // The connection first, as everywhere: writing its health twice in one transaction would have PostgreSQL ask for it afterwards.
  const [connection]: { status: string; status_reason: string | null }[] = await tx.query(
    'SELECT status, status_reason FROM registry.connection WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE',
    [connectionId],
  );
  if (connection === undefined) return;
  await tx.query(
    `INSERT INTO registry.connection_health (connection_id, platform_id) SELECT id, platform_id FROM registry.connection WHERE id = $1
     ON CONFLICT (connection_id) DO UPDATE SET connection_id = excluded.connection_id`,
    [connectionId],
  );
  // A clock that runs ahead elsewhere must not keep its call at the head of the window.
  const [held]: Held[] = await tx.query('SELECT calls, least($2::timestamptz, now()) AS at FROM registry.connection_health WHERE connection_id = $1', [connectionId, at]);
  const failed = outcome !== 'succeeded';
  // What the keeper met when it verified or refreshed is known already; what a reader met makes the credential doubtful.
  const doubtful = (outcome === 'unauthorized' || outcome === 'forbidden') && (source === 'sync' || source === 'caller');
  const newlyDoubtful = doubtful && (connection.status === 'active' || connection.status_reason === 'calls_failing');
  const calls = noteCall(held!.calls, { at: held!.at.toISOString(), source, outcome, code });
  await tx.query(
    `UPDATE registry.connection_health
     SET calls = $2, verify_wanted = verify_wanted OR $3,
         last_succeeded_at = CASE WHEN $4 THEN last_succeeded_at ELSE greatest(last_succeeded_at, $5) END,
         last_failed_at = CASE WHEN $4 THEN greatest(last_failed_at, $5) ELSE last_failed_at END,
         next_compute_at = CASE WHEN $6 THEN now() ELSE next_compute_at END
     WHERE connection_id = $1`,
    [connectionId, JSON.stringify(calls), newlyDoubtful, failed, held!.at, failed || connection.status === 'degraded'],
  );
}
