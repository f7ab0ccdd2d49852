import type { EntityManager } from 'typeorm';
import { runnable, type RunnableFlow } from './default-flow.js';
import { latestFire, nextFire } from './next-fire.js';

export interface DueFlow extends RunnableFlow {
  /** The fire of the schedule that is due, as PostgreSQL writes it: a Date would lose its microseconds. */
  readonly plannedAt: string;
  readonly lateSeconds: number;
}

/** By interval both moments are computed where the clock is; by cron they come from its text. */
type Row = Omit<DueFlow, 'plannedAt'> & { readonly now: Date; readonly due: Date } & (
    | { readonly cron: null; readonly fire: string; readonly next: string }
    | { readonly cron: string; readonly fire: null; readonly next: null }
  );

/**
 * Takes flows that are due and whose connections are present, by the database's clock, and moves their next fire on: fires that were
 * missed collapse to the latest one. Other replicas skip what is locked here.
 */
export async function claimDue(tx: EntityManager, limit: number): Promise<DueFlow[]> {
  const rows = (await tx.query(
    `SELECT ${runnable}, cron, now() AS now, next_run_at AS due, extract(epoch FROM now() - next_run_at)::float8 AS "lateSeconds", fire::text AS fire,
            (fire + make_interval(secs => interval_seconds))::text AS next
     FROM (
       SELECT *, next_run_at + make_interval(secs => interval_seconds * floor(extract(epoch FROM now() - next_run_at) / interval_seconds)) AS fire
       FROM sync.flow
       WHERE enabled AND deleted_at IS NULL AND source_state = 'present' AND coalesce(destination_state, 'present') = 'present' AND next_run_at <= now()
       ORDER BY next_run_at
       LIMIT $1
       FOR NO KEY UPDATE SKIP LOCKED
     ) AS flow`,
    [limit],
  )) as Row[];
  const fires = rows.map((row) => ({ row, ...fireOf(row) }));
  await tx.query('UPDATE sync.flow AS held SET next_run_at = moved.next FROM jsonb_to_recordset($1::jsonb) AS moved(id text, next timestamptz) WHERE held.id = moved.id', [
    JSON.stringify(fires.map(({ row, next }) => ({ id: row.id, next }))),
  ]);
  return fires.map(({ row: { id, connectionId, projectId, connector, chosen, destination, lateSeconds }, fire }) => ({
    id, connectionId, projectId, connector, chosen, destination, lateSeconds, plannedAt: fire,
  }));
}

const fireOf = (row: Row): { fire: string; next: string } =>
  row.cron === null
    ? { fire: row.fire, next: row.next }
    : { fire: latestFire(row.cron, row.due, row.now).toISOString(), next: nextFire(row.cron, row.now).toISOString() };
