import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ProviderError } from '@trunkline/connector-kit';
import { isOutage } from '@trunkline/messaging';
import { Sql } from '@trunkline/persistence';
import { AppError, histogram, SERVICE_CONTEXT } from '@trunkline/service';
import { SweepStore } from '../checkpoint/sweep-store.js';
import type { SyncContext } from '../config.js';
import { PickTask } from '../schedule/pick-task.js';
import { DiscoverTables } from '../source/discover-tables.js';
import { callOf, succeeded } from './call-outcome.js';
import { explainFailure } from './explain-failure.js';
import { Hold } from './hold.js';
import { ReadTask } from './read-task.js';
import { SettleTask } from './settle-task.js';
import { TaskLost, WorkerStopping, type Claim } from './task.js';

const sliceBuckets = [0.05, 0.25, 1, 2.5, 5, 10, 20, 30, 60, 120];

/** One slice of one task: claimed, read for a while, settled. */
@Injectable()
export class WorkOnTask implements BeforeApplicationShutdown {
  /** Who holds a lease: this replica, this start of it. */
  readonly #owner = randomUUID();
  readonly #stopping = new AbortController();
  readonly #context: SyncContext;
  readonly #sql: Sql;
  readonly #picks: PickTask;
  readonly #reader: ReadTask;
  readonly #settle: SettleTask;
  readonly #sweeps: SweepStore;
  readonly #planner: DiscoverTables;
  readonly #slices = histogram('trunkline_sync_slice_seconds', 'How long one slice of a stream took, by how it ended.', ['connector', 'end'], sliceBuckets);

  constructor(
    @Inject(SERVICE_CONTEXT) context: SyncContext,
    @Inject(Sql) sql: Sql,
    @Inject(PickTask) picks: PickTask,
    @Inject(ReadTask) reader: ReadTask,
    @Inject(SettleTask) settle: SettleTask,
    @Inject(SweepStore) sweeps: SweepStore,
    @Inject(DiscoverTables) planner: DiscoverTables,
  ) {
    this.#context = context;
    this.#sql = sql;
    this.#picks = picks;
    this.#reader = reader;
    this.#settle = settle;
    this.#sweeps = sweeps;
    this.#planner = planner;
  }

  /**
   * A job came: there is something to do, for whoever's turn it is. If nothing is to be had just now this returns at once: whoever has it,
   * or the reaper, sees to it.
   *
   * @throws if the database is away: the job comes again, and so does the task when its lease has run out
   */
  async work(): Promise<void> {
    // Not acknowledged: another replica has it in a moment.
    if (this.#stopping.signal.aborted) throw new AppError('SERVICE_UNAVAILABLE', 'The worker is stopping.');
    const claim = await this.#picks.claim(this.#owner);
    if (claim === null) return;
    const started = performance.now();
    const hold = new Hold(this.#sql, claim, this.#context.config.leaseSeconds, this.#context.logger);
    let end = 'interrupted';
    try {
      end = await this.#slice(claim, hold);
    } finally {
      hold.release();
      this.#slices.observe({ connector: claim.connector, end }, (performance.now() - started) / 1_000);
    }
  }

  async #slice(claim: Claim, hold: Hold): Promise<string> {
    const { sliceSeconds, maxAttempts } = this.#context.config;
    if (claim.attempts >= maxAttempts) {
      await this.#settle.finish(claim, 'failed', { code: 'worker_lost', message: `Reading this stream was given up after ${claim.attempts} failures in a row; at the last one the worker vanished.` }, null);
      return 'failed';
    }
    try {
      // The last page was through, but whoever read it did not live to say so.
      if (claim.readToEnd) {
        await this.#settle.finish(claim, 'succeeded', null, null);
        return 'done';
      }
      const until = performance.now() + sliceSeconds * 1_000;
      const signal = AbortSignal.any([hold.lost, this.#stopping.signal]);
      if (claim.kind === 'plan') {
        await this.#planner.plan(claim);
        return 'planned';
      }
      const slice = await this.#reader.read(claim, { signal, check: () => hold.check(), enough: () => performance.now() >= until || this.#picks.isOverShare(claim.projectId), patienceMs: () => until - performance.now() });
      if (slice.end === 'done') await this.#settle.finish(claim, 'succeeded', slice.warning, succeeded);
      else await this.#settle.goOn(claim, succeeded);
      return slice.end;
    } catch (error) {
      return this.#settleFailure(claim, error);
    }
  }

  async #settleFailure(claim: Claim, error: unknown): Promise<string> {
    const { logger } = this.#context;
    const about = { taskId: claim.taskId, connectionId: claim.connectionId, connector: claim.connector, stream: claim.stream };
    if (error instanceof TaskLost) {
      logger.info(about, 'a stream is not ours to read any more');
      return 'lost';
    }
    if (error instanceof WorkerStopping) {
      await this.#settle.goOn(claim, null);
      return 'stopped';
    }
    const failure = explainFailure(error);
    logger.warn({ error, ...about, outcome: failure.kind }, 'reading a stream was interrupted');
    const call = callOf(error);
    if (error instanceof ProviderError && error.kind !== 'rate_limited') await this.#sweeps.spoil(claim);
    if (failure.kind === 'failed') await this.#settle.finish(claim, 'failed', failure.cause, call);
    else if (failure.kind === 'cancelled') await this.#settle.cancel(claim, failure.cause);
    else await this.#settle.tryLater(claim, isOutage(error) ? { ...failure, counts: false } : failure, call);
    return failure.kind;
  }

  /** Ends what is being read; every task goes back with what is checkpointed. The transports wait for that before they close. */
  beforeApplicationShutdown(): void {
    this.#stopping.abort(new WorkerStopping());
  }
}
