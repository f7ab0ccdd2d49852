import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import type { Swept } from '../task/sweep-verdict.js';
import type { Claim } from '../task/task.js';
import type { Quarantined } from './checkpoint-store.js';
import type { KeySet, Sweep } from './key-set.js';

const countKeys: Statement = {
  name: 'sync_count_keys',
  text: `
    SELECT s.pass, s.unclean, s.withheld_pass AS "withheldPass",
           count(*) FILTER (WHERE k.first_pass < s.pass)::float8 AS known,
           count(*) FILTER (WHERE k.pass < s.pass)::float8 AS missing,
           count(*) FILTER (WHERE k.pass < s.withheld_pass)::float8 AS "missingTwice"
    FROM sync.key_set s LEFT JOIN sync.live_key k ON k.set_id = s.id
    WHERE s.id = $1 GROUP BY s.id`,
};

const nextGone: Statement = {
  name: 'sync_next_gone',
  text: `SELECT encode(digest, 'hex') AS digest, key FROM sync.live_key WHERE set_id = $1 AND pass < $2 AND digest > decode($3, 'hex') ORDER BY digest LIMIT $4`,
};

/** The holder's word, once: the task's row is locked first, as for every move of a checkpoint. */
const mine = `
  WITH mine AS (
    SELECT id, run_id, flow_id, stream FROM sync.task WHERE id = $1 AND lease_fence = $2 AND status = 'running' FOR UPDATE
  ), moved AS (
    UPDATE sync.checkpoint c SET sweep = $4::jsonb, version = c.version + 1, updated_at = now() FROM mine
    WHERE c.flow_id = mine.flow_id AND c.stream = mine.stream AND c.generation = $2
    RETURNING c.version
  )`;

const settleVerdict: Statement = {
  name: 'sync_settle_verdict',
  text: `${mine}, judged AS (
      UPDATE sync.key_set s SET withheld_pass = $5 FROM moved WHERE s.id = $3
    ), over AS (
      UPDATE sync.task t SET read_to_end = $6 FROM mine, moved WHERE t.id = mine.id
    )
    SELECT 1 AS yes FROM moved`,
};

const forgetGone: Statement = {
  name: 'sync_forget_gone',
  text: `${mine}, gone AS (
      DELETE FROM sync.live_key k USING moved
      WHERE k.set_id = $3 AND k.pass < $5 AND k.digest > decode($6, 'hex') AND k.digest <= decode($7, 'hex')
    ), counted AS (
      UPDATE sync.task t
      SET records = t.records + $8, deleted = t.deleted + $8, quarantined = t.quarantined + jsonb_array_length($9::jsonb),
          attempts = 0, first_failed_at = NULL, lease_until = now() + make_interval(secs => $10)
      FROM mine, moved WHERE t.id = mine.id
    ), put_aside AS (
      INSERT INTO sync.quarantine (flow_id, stream, run_id, reason, page, position)
      SELECT mine.flow_id, mine.stream, mine.run_id, q.reason, q.page, q.position
      FROM mine, moved, jsonb_to_recordset($9::jsonb) AS q(reason text, page bigint, position int)
    )
    SELECT 1 AS yes FROM moved`,
};

const spoilPass: Statement = { name: 'sync_spoil_pass', text: 'UPDATE sync.key_set SET unclean = true WHERE id = $1 AND pass = $2' };

export interface GoneKey {
  readonly digest: string;
  readonly key: string;
}

/** A holder with keys. */
export type Sweeper = Claim & { readonly keys: KeySet };

/** What is durable of deletions that are concluded from keys: every write is the present holder's, or is not made. */
@Injectable()
export class SweepStore {
  readonly #sql: Sql;
  readonly #leaseSeconds: number;

  constructor(@Inject(Sql) sql: Sql, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#sql = sql;
    this.#leaseSeconds = context.config.leaseSeconds;
  }

  async count({ keys }: Sweeper): Promise<Omit<Swept, 'maySkip'>> {
    return (await this.#sql.first<Omit<Swept, 'maySkip'>>(countKeys, [keys.id]))!;
  }

  /** The next keys that no pass from `before` on has brought, in their order, from behind a digest on. */
  gone({ keys }: Sweeper, before: number, after: string, limit: number): Promise<GoneKey[]> {
    return this.#sql.rows<GoneKey>(nextGone, [keys.id, before, after, limit]);
  }

  /** Takes a verdict, or that nothing is left to delete. @returns false if the task is somebody else's by now */
  async settle(claim: Sweeper, sweep: Sweep | null, withheldPass: number | null, over: boolean): Promise<boolean> {
    return (await this.#sql.first(settleVerdict, [claim.taskId, claim.generation, claim.keys.id, sweep === null ? null : JSON.stringify(sweep), withheldPass, over])) !== undefined;
  }

  /** Keys whose deletion is where it goes are forgotten. A second time it changes nothing. @returns false if the task is somebody else's by now */
  async forget(claim: Sweeper, sweep: Extract<Sweep, { phase: 'sweeping' }>, from: string, deleted: number, quarantined: readonly Quarantined[]): Promise<boolean> {
    const values = [claim.taskId, claim.generation, claim.keys.id, JSON.stringify(sweep), sweep.before, from, sweep.after, deleted, JSON.stringify(quarantined), this.#leaseSeconds];
    return (await this.#sql.first(forgetGone, values)) !== undefined;
  }

  /** Something of the pass failed: nothing is concluded from it any more. */
  async spoil({ keys }: Claim): Promise<void> {
    if (keys !== null) await this.#sql.first(spoilPass, [keys.id, keys.pass]);
  }
}
