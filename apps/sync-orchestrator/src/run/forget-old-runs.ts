import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { every, SERVICE_CONTEXT, type Loop } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import { changedRows } from '../changed-rows.js';

const intervalMs = 3_600_000;
const batchSize = 2_000;

/** Deletes finished runs after their time, with their tasks; then the flows that were deleted, and syncs of which nothing is left. When a flow was last synced is kept with the flow. */
@Injectable()
export class ForgetOldRuns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #database: DataSource;
  readonly #context: SyncContext;
  #loop: Loop | undefined;

  constructor(@Inject(DataSource) database: DataSource, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#database = database;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'old runs', this.#context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    const { historyDays } = this.#context.config;
    const forgotten = await changedRows(
      this.#database.manager,
      `DELETE FROM sync.run WHERE id IN (
         SELECT id FROM sync.run WHERE finished_at < now() - make_interval(days => $1) LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING 1`,
      [historyDays, batchSize],
    );
    if (forgotten.length === batchSize) return 'again';
    await this.#database.query(
      `WITH gone AS (
         DELETE FROM sync.flow f
         WHERE NOT f.is_default AND f.deleted_at < now() - make_interval(days => $1) AND NOT EXISTS (SELECT 1 FROM sync.run r WHERE r.flow_id = f.id)
         RETURNING f.id
       )
       DELETE FROM sync.checkpoint WHERE flow_id IN (SELECT id FROM gone)`,
      [historyDays],
    );
    await this.#database.query(
      `DELETE FROM sync.sync s WHERE s.created_at < now() - make_interval(days => $1) AND NOT EXISTS (SELECT 1 FROM sync.sync_run r WHERE r.sync_id = s.id)`,
      [historyDays],
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
