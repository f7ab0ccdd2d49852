import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Outbox } from '@trunkline/persistence';
import { every, gauge, SERVICE_CONTEXT, type Loop } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { Connectors } from '../connector/connectors.js';
import { startRuns, type RunToStart } from '../run/start-runs.js';
import { customConnectorsDue } from '../connector/custom-connectors-due.js';
import { claimDue } from './claim-due.js';

const intervalMs = 1_000;
const batchSize = 50;

/**
 * Starts the runs that are due, each second, on any number of replicas: a flow is claimed by its row. A flow whose last run is still
 * under way is left to its next fire; nothing overlaps and nothing queues up.
 */
@Injectable()
export class Scheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #connectors: Connectors;
  readonly #context: SyncContext;
  readonly #late = gauge('trunkline_sync_schedule_late_seconds', 'How late the latest due flow was when it was taken; 0 if none was due.');
  #loop: Loop | undefined;

  constructor(
    @Inject(DataSource) database: DataSource,
    @Inject(Outbox) outbox: Outbox,
    @Inject(Connectors) connectors: Connectors,
    @Inject(SERVICE_CONTEXT) context: SyncContext,
  ) {
    this.#database = database;
    this.#outbox = outbox;
    this.#connectors = connectors;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'scheduler', this.#context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    await this.#connectors.readyIfPossible(...(await customConnectorsDue(this.#database)));
    const due = await briefTransaction(this.#database, async (tx) => {
      const flows = await claimDue(tx, batchSize);
      const runnable = flows.flatMap((flow): RunToStart[] => {
        const offer = this.#connectors.offerOf(flow.connector);
        return offer === undefined ? [] : [{ ...flow, offer }];
      });
      await startRuns(tx, this.#outbox, 'schedule', runnable);
      return flows;
    });
    this.#late.set(Math.max(0, ...due.map(({ lateSeconds }) => lateSeconds)));
    if (due.length === batchSize) return 'again';
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
