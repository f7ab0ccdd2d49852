import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { syncTaskJob } from '@trunkline/contracts';
import { Outbox } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { changedRows } from '../changed-rows.js';
import { cancelRuns } from '../run/cancel-runs.js';
import { finishRun } from '../run/finish-run.js';
import { firstNudgeSeconds } from '../run/start-runs.js';
import type { SliceCall } from './call-outcome.js';
import type { Cause, Failure } from './explain-failure.js';
import { outagePauseMs, waitAfterFailure, type Failing, type RetryLimits } from './retry-policy.js';
import type { Claim } from './task.js';
import { tellCall } from './tell-call.js';

/** Ends of a slice, each one transaction that only the present holder of the task can make. `call` is what the slice says of its connection. */
@Injectable()
export class SettleTask {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #limits: RetryLimits;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#database = database;
    this.#outbox = outbox;
    this.#limits = context.config;
  }

  /** The slice is over, the stream is not: the task goes back behind those that wait already, with a job for whoever is free. */
  async goOn(claim: Claim, call: SliceCall | null): Promise<void> {
    await briefTransaction(this.#database, async (tx) => {
      const held = await this.#release(tx, claim, 'not_before = now(), nudge_at = now() + make_interval(secs => $3)', [firstNudgeSeconds]);
      if (!held) return;
      await this.#outbox.addJob(tx, syncTaskJob, claim.connector, { taskId: claim.taskId });
      await this.#tell(tx, claim, call);
    });
  }

  /**
   * Something failed that may pass: the task is left alone for a while, and the reaper gives it a job when the time has come. What it
   * waits for can be read meanwhile. After too many failures in a row it is given up.
   */
  async tryLater(claim: Claim, { cause, waitMs, counts }: Extract<Failure, { kind: 'later' }>, call: SliceCall | null): Promise<void> {
    await briefTransaction(this.#database, async (tx) => {
      await this.#lockFlowAndRun(tx, claim);
      const failing = await this.#failing(tx, claim, counts);
      if (failing === undefined) return;
      const wait = counts ? waitAfterFailure(failing, this.#limits, waitMs) : (waitMs ?? outagePauseMs);
      if (wait === null) await this.#end(tx, claim, 'failed', { code: cause.code, message: `${cause.message} Given up after ${failing.attempts} failures in a row.` });
      else await this.#postpone(tx, claim, wait, cause, failing.attempts, counts);
      await this.#tell(tx, claim, call);
    });
  }

  /** The task is over, and with the last one its run. */
  async finish(claim: Claim, status: 'succeeded' | 'failed', cause: Cause | null, call: SliceCall | null): Promise<void> {
    await briefTransaction(this.#database, async (tx) => {
      await this.#lockFlowAndRun(tx, claim);
      if (await this.#end(tx, claim, status, cause)) await this.#tell(tx, claim, call);
    });
  }

  /** What was to be read is gone: the whole run ends. */
  async cancel(claim: Claim, cause: Cause): Promise<void> {
    await briefTransaction(this.#database, async (tx) => {
      await this.#lockFlowAndRun(tx, claim);
      const held = (await tx.query(`SELECT 1 FROM sync.task WHERE id = $1 AND lease_fence = $2 AND status = 'running'`, [claim.taskId, claim.generation])) as unknown[];
      if (held.length > 0) await cancelRuns(tx, this.#outbox, claim.flowId, cause);
    });
  }

  /** In the order in which everyone locks them. */
  async #lockFlowAndRun(tx: EntityManager, claim: Claim): Promise<void> {
    await tx.query('SELECT 1 FROM sync.flow WHERE id = $1 FOR NO KEY UPDATE', [claim.flowId]);
    await tx.query('SELECT 1 FROM sync.run WHERE id = $1 FOR NO KEY UPDATE', [claim.runId]);
  }

  /** What the failure makes of the count; counted from the row, because pages that got through have reset it. */
  async #failing(tx: EntityManager, claim: Claim, counts: boolean): Promise<Failing | undefined> {
    const [row] = (await tx.query(
      `SELECT attempts, coalesce(extract(epoch FROM now() - first_failed_at), 0)::float8 AS "failingForSeconds"
       FROM sync.task WHERE id = $1 AND lease_fence = $2 AND status = 'running' FOR UPDATE`,
      [claim.taskId, claim.generation],
    )) as Failing[];
    return row === undefined ? undefined : { ...row, attempts: row.attempts + (counts ? 1 : 0) };
  }

  /** What nobody counts starts the time anew: a pause of days must not use up what later failures may take. */
  async #postpone(tx: EntityManager, claim: Claim, waitMs: number, cause: Cause, attempts: number, counts: boolean): Promise<void> {
    await this.#release(
      tx,
      claim,
      `not_before = now() + make_interval(secs => $3), nudge_at = now() + make_interval(secs => $3), error_code = $4, error_message = $5,
       attempts = $6, first_failed_at = CASE WHEN $7::boolean THEN coalesce(first_failed_at, now()) END`,
      [waitMs / 1_000, cause.code, cause.message, attempts, counts],
    );
  }

  async #end(tx: EntityManager, claim: Claim, status: 'succeeded' | 'failed', cause: Cause | null): Promise<boolean> {
    const over = await this.#release(tx, claim, 'status = $3, error_code = $4, error_message = $5, finished_at = now()', [status, cause?.code ?? null, cause?.message ?? null]);
    if (over) await finishRun(tx, this.#outbox, claim.runId);
    return over;
  }

  async #tell(tx: EntityManager, claim: Claim, call: SliceCall | null): Promise<void> {
    if (call !== null) await tellCall(tx, this.#outbox, claim, call);
  }

  /** Lets go of the task, if it is still ours. */
  async #release(tx: EntityManager, claim: Claim, changes: string, values: unknown[]): Promise<boolean> {
    const rows = await changedRows(
      tx,
      `UPDATE sync.task SET lease_owner = NULL, lease_until = NULL, ${changes}
       WHERE id = $1 AND lease_fence = $2 AND status = 'running' RETURNING 1`,
      [claim.taskId, claim.generation, ...values],
    );
    return rows.length > 0;
  }
}
