import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { every, SERVICE_CONTEXT, type Loop } from '@trunkline/service';
import type { SyncContext } from '../config.js';

const intervalMs = 10_000;
const batchSize = 5_000;

const retireDeleted: Statement = {
  name: 'sync_retire_key_sets',
  text: 'UPDATE sync.key_set s SET retired = true FROM sync.flow f WHERE f.id = s.flow_id AND f.deleted_at IS NOT NULL AND NOT s.retired',
};
const forgetKeys: Statement = {
  name: 'sync_forget_keys',
  text: `
    WITH step AS (
      SELECT k.set_id, k.digest FROM sync.live_key k WHERE k.set_id = (SELECT id FROM sync.key_set WHERE retired ORDER BY id LIMIT 1) LIMIT $1
    )
    DELETE FROM sync.live_key k USING step WHERE k.set_id = step.set_id AND k.digest = step.digest RETURNING 1`,
};
const forgetSets: Statement = {
  name: 'sync_forget_key_sets',
  text: 'DELETE FROM sync.key_set s WHERE s.retired AND NOT EXISTS (SELECT 1 FROM sync.live_key k WHERE k.set_id = s.id)',
};

/** Forgets the keys of flows that were deleted, and of accounts they read before, a few at a time. */
@Injectable()
export class ForgetKeySets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sql: Sql;
  readonly #context: SyncContext;
  #loop: Loop | undefined;

  constructor(@Inject(Sql) sql: Sql, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#sql = sql;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(intervalMs, 'key sets', this.#context.logger, () => this.#round());
  }

  async #round(): Promise<void | 'again'> {
    await this.#sql.rows(retireDeleted, []);
    if ((await this.#sql.rows(forgetKeys, [batchSize])).length > 0) return 'again';
    await this.#sql.rows(forgetSets, []);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
