import { isOutage } from '@trunkline/messaging';
import type { Sql, Statement } from '@trunkline/persistence';
import type { Logger } from '@trunkline/service';
import { TaskLost, type Claim } from './task.js';

const stillOurs: Statement = {
  name: 'sync_still_ours',
  text: `
    SELECT 1 AS yes FROM sync.task t JOIN sync.flow f ON f.id = t.flow_id
    WHERE t.id = $1 AND t.lease_fence = $2 AND t.status = 'running' AND f.deleted_at IS NULL AND f.source_state = 'present'`,
};
const renewLease: Statement = {
  name: 'sync_renew_lease',
  text: `UPDATE sync.task SET lease_until = now() + make_interval(secs => $3) WHERE id = $1 AND lease_fence = $2 AND status = 'running' RETURNING 1 AS yes`,
};

/** An answer of the database is good for this long: as long as a look at the row may take under load anyway. */
const goodForMs = 100;

/**
 * A claimed task while it is worked on: says so every quarter of the lease, and answers whether it is still ours. Who stalls for
 * longer than the lease finds out here, or at the checkpoint at the latest.
 */
export class Hold {
  readonly #sql: Sql;
  readonly #claim: Claim;
  readonly #leaseSeconds: number;
  readonly #logger: Logger;
  readonly #lost = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #knownAt = performance.now();

  constructor(sql: Sql, claim: Claim, leaseSeconds: number, logger: Logger) {
    this.#sql = sql;
    this.#claim = claim;
    this.#leaseSeconds = leaseSeconds;
    this.#logger = logger;
    this.#heartbeat = setInterval(() => void this.#renew(), (leaseSeconds * 1_000) / 4);
  }

  /** Aborted with {@link TaskLost} once the task is known to be somebody else's. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * To be asked before every page and every publication. While the database is away it does not know better: what matters then is
   * refused or accepted at the checkpoint.
   *
   * @throws TaskLost if the task is not ours any more, or was cancelled
   */
  async check(): Promise<void> {
    this.#lost.signal.throwIfAborted();
    if (performance.now() - this.#knownAt < goodForMs) return;
    const asked = performance.now();
    try {
      const row = await this.#sql.first(stillOurs, [this.#claim.taskId, this.#claim.generation]);
      if (row === undefined) this.#giveUp();
      this.#knownAt = asked;
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
    this.#lost.signal.throwIfAborted();
  }

  async #renew(): Promise<void> {
    try {
      const row = await this.#sql.first(renewLease, [this.#claim.taskId, this.#claim.generation, this.#leaseSeconds]);
      if (row === undefined) this.#giveUp();
    } catch (error) {
      this.#logger.warn({ error, taskId: this.#claim.taskId }, 'a lease could not be renewed just now');
    }
  }

  #giveUp(): void {
    if (!this.#lost.signal.aborted) this.#lost.abort(new TaskLost());
  }

  release(): void {
    clearInterval(this.#heartbeat);
  }
}
