import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import type { Claim } from '../task/task.js';
import type { CheckpointStore, Progress } from './checkpoint-store.js';
import { digestOf } from './key-set.js';

/**
 * One statement, so one transaction and one round trip. The task's row is locked first: a claim, a cancellation and this one come
 * one after the other, and everything after hangs on `mine`. Only a state that differs counts as progress: a page that can be read
 * and leads nowhere must not keep a failing task alive for ever.
 */
const move = `
    WITH mine AS (
      SELECT id, run_id, flow_id, stream FROM sync.task WHERE id = $1 AND lease_fence = $2 AND status = 'running' FOR UPDATE
    ), held AS (
      SELECT c.flow_id, c.stream, c.state::text IS DISTINCT FROM $4::text AS progressed
      FROM sync.checkpoint c JOIN mine USING (flow_id, stream)
    ), moved AS (
      UPDATE sync.checkpoint c SET state = $4::json, version = c.version + 1, sequence = $5, updated_at = now(), sweep = CASE WHEN $12 THEN '{"phase":"due"}'::jsonb END
      FROM mine
      WHERE c.flow_id = mine.flow_id AND c.stream = mine.stream AND c.generation = $2 AND c.version = $3
      RETURNING c.version
    ), counted AS (
      UPDATE sync.task t
      SET pages = t.pages + $6, records = t.records + $7, deleted = t.deleted + $8, quarantined = t.quarantined + jsonb_array_length($9::jsonb),
          read_to_end = $11, lease_until = now() + make_interval(secs => $10),
          attempts = CASE WHEN held.progressed THEN 0 ELSE t.attempts END,
          first_failed_at = CASE WHEN held.progressed THEN NULL ELSE t.first_failed_at END,
          error_code = CASE WHEN held.progressed THEN NULL ELSE t.error_code END,
          error_message = CASE WHEN held.progressed THEN NULL ELSE t.error_message END
      FROM mine, moved, held
      WHERE t.id = mine.id
    ), put_aside AS (
      INSERT INTO sync.quarantine (flow_id, stream, run_id, reason, page, position)
      SELECT mine.flow_id, mine.stream, mine.run_id, q.reason, q.page, q.position
      FROM mine, moved, jsonb_to_recordset($9::jsonb) AS q(reason text, page bigint, position int)
    )`;
const moveCheckpoint: Statement = { name: 'sync_move_checkpoint', text: `${move} SELECT version::float8 AS version FROM moved` };

/** The same for a stream whose keys are kept: those of the pages are known with the move, or not at all. */
const moveWithKeys: Statement = {
  name: 'sync_move_with_keys',
  text: `${move}, live AS (
      INSERT INTO sync.live_key AS known (set_id, digest, pass, first_pass, key)
      SELECT s.id, ${digestOf('one.key')}, s.pass, s.pass, one.key
      FROM moved, sync.key_set s, unnest($13::text[]) AS one(key) WHERE s.id = $15
      ON CONFLICT (set_id, digest) DO UPDATE SET pass = excluded.pass WHERE known.pass <> excluded.pass
    ), gone AS (
      DELETE FROM sync.live_key k USING moved, unnest($14::text[]) AS one(key) WHERE k.set_id = $15 AND k.digest = ${digestOf('one.key')}
    ), spoilt AS (
      UPDATE sync.key_set s SET unclean = true FROM moved WHERE s.id = $15 AND jsonb_array_length($9::jsonb) > 0
    )
    SELECT version::float8 AS version FROM moved`,
};

const holdsAlready: Statement = {
  name: 'sync_holds_already',
  text: `
    SELECT 1 AS yes FROM sync.checkpoint c JOIN sync.task t USING (flow_id, stream)
    WHERE t.id = $1 AND t.lease_fence = $2 AND t.status = 'running' AND c.generation = $2 AND c.version = $3`,
};

@Injectable()
export class PostgresCheckpointStore implements CheckpointStore {
  readonly #sql: Sql;
  readonly #leaseSeconds: number;

  constructor(@Inject(Sql) sql: Sql, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#sql = sql;
    this.#leaseSeconds = context.config.leaseSeconds;
  }

  async move(claim: Claim, version: number, progress: Progress): Promise<number | null> {
    const { state, sequence, pages, upserted, deleted, quarantined, keys, done, sweepDue } = progress;
    const withKeys = claim.keys !== null && keys !== null;
    const row = await this.#sql.first<{ version: number }>(withKeys ? moveWithKeys : moveCheckpoint, [
      claim.taskId,
      claim.generation,
      version,
      JSON.stringify(state ?? null),
      sequence,
      pages,
      upserted + deleted,
      deleted,
      JSON.stringify(quarantined),
      this.#leaseSeconds,
      done && !sweepDue,
      sweepDue,
      ...(withKeys ? [keys.live, keys.gone, claim.keys.id] : []),
    ]);
    if (row !== undefined) return row.version;
    // The answer to an earlier try may have been lost with its connection. Nobody else writes under this generation, so the next
    // version standing there is that try.
    const moved = await this.#sql.first(holdsAlready, [claim.taskId, claim.generation, version + 1]);
    return moved === undefined ? null : version + 1;
  }
}
