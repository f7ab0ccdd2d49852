import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { syncTaskJob } from '@trunkline/contracts';
import { Outbox } from '@trunkline/persistence';
import { every, gauge, SERVICE_CONTEXT, type Loop } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { changedRows } from '../changed-rows.js';
import { firstNudgeSeconds } from '../run/start-runs.js';

const intervalMs = 1_000;
const batchSize = 200;
/** A job may simply wait in a long queue: the pause before the next one doubles up to this. */
const longestNudgeSeconds = 3_600;

interface Lost {
  id: string;
  connector: string;
  waitingSeconds: number;
}

/**
 * Gives a job to every task that should be worked on and has nobody: its worker fell silent for a whole lease, the time it was to be
 * left alone for is over, or its job was lost. The row decides; a job too many changes nothing.
 */
@Injectable()
export class ReapLostTasks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #context: SyncContext;
  readonly #waiting = gauge('trunkline_sync_task_wait_seconds', 'How long the longest waiting task was due when it was given another job; 0 if none was.');
  #loop: Loop | undefined;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#database = database;
    this.#outbox = outbox;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'lost tasks', this.#context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    const nudged = await briefTransaction(this.#database, async (tx) => {
      const tasks = await changedRows<Lost>(
        tx,
        `UPDATE sync.task AS t
         SET nudges = t.nudges + 1, nudge_at = now() + make_interval(secs => least($2::float8, $3 * power(2, least(t.nudges, 20))))
         FROM (
           SELECT id, extract(epoch FROM now() - nudge_at)::float8 AS "waitingSeconds" FROM sync.task
           WHERE status IN ('queued', 'running') AND nudge_at <= now() AND (lease_owner IS NULL OR lease_until < now())
           ORDER BY nudge_at
           LIMIT $1
           FOR UPDATE SKIP LOCKED
         ) AS lost
         WHERE t.id = lost.id
         RETURNING t.id, t.connector, lost."waitingSeconds"`,
        [batchSize, longestNudgeSeconds, firstNudgeSeconds],
      );
      for (const { id, connector } of tasks) await this.#outbox.addJob(tx, syncTaskJob, connector, { taskId: id });
      return tasks;
    });
    this.#waiting.set(Math.max(0, ...nudged.map(({ waitingSeconds }) => waitingSeconds)));
    if (nudged.length === batchSize) return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
