import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { counter, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import type { LeasedCredential } from './refresh-lease.js';

/** While the database is away it is tried again this soon: the lease may have little left. */
const againMs = 1_000;

/**
 * The fence alone decides. A lease that ran out and was taken by nobody is ours again: whoever took it now would send a refresh token
 * that is under way. One that was given back (its refresh is settled) stays given back.
 */
const renew: Statement = {
  name: 'lease_renew',
  text: `UPDATE tokens.credential SET lease_until = clock_timestamp() + make_interval(secs => $3)
    WHERE connection_id = $1 AND lease_fence = $2 AND lease_owner IS NOT NULL AND deleted_at IS NULL RETURNING connection_id`,
};

/** A result, and until when (`performance.now()`) the lease lasts at least. */
export interface Kept<Result> {
  readonly result: Result;
  readonly until: number;
}

/**
 * Keeps a lease while a request is out. The lease stays short, so that a holder that dies is followed soon; one that lives keeps it for
 * as long as its provider takes. Nothing that happens here ends the request: its answer may be the only copy of a token.
 */
@Injectable()
export class RenewLease {
  readonly #renewals = counter('trunkline_credential_lease_renewals_total', 'Leases renewed while a token request was out, by outcome.', ['outcome']);
  readonly #sql: Sql;
  readonly #context: ServiceContext<TokenRefresherConfig>;

  constructor(@Inject(Sql) sql: Sql, @Inject(SERVICE_CONTEXT) context: ServiceContext<TokenRefresherConfig>) {
    this.#sql = sql;
    this.#context = context;
  }

  async during<Result>(lease: LeasedCredential, work: Promise<Result>): Promise<Kept<Result>> {
    const leaseMs = this.#context.config.refreshLeaseSeconds * 1_000;
    let until = lease.takenAt + leaseMs;
    let answered = false;
    let timer: NodeJS.Timeout | undefined;
    // A bare timer: most answers are there long before it is due, and an abort signal for each costs more than the rest of the lease.
    const renewAfter = (pauseMs: number): void => {
      timer = setTimeout(() => void renewAgain(), pauseMs).unref();
    };
    const renewAgain = async (): Promise<void> => {
      const begunAt = performance.now();
      const outcome = await this.#renew(lease, () => answered);
      if (outcome === 'renewed') until = begunAt + leaseMs;
      if (outcome !== 'moved' && !answered) renewAfter(outcome === 'renewed' ? leaseMs / 3 : againMs);
    };
    renewAfter(leaseMs / 3);
    try {
      const result = await work;
      return { result, until };
    } finally {
      // A renewal under way is not waited for: a database that is away would hold up what the answer needs. One that comes after the commit misses.
      answered = true;
      clearTimeout(timer);
    }
  }

  async #renew({ connectionId, connector, fence }: LeasedCredential, isAnswered: () => boolean): Promise<'renewed' | 'moved' | 'failed'> {
    try {
      const row = await this.#sql.first(renew, [connectionId, fence, this.#context.config.refreshLeaseSeconds]);
      // The answer was quicker and its commit has ended the lease.
      if (row === undefined && isAnswered()) return 'moved';
      if (row === undefined) this.#context.logger.warn({ connectionId, connector }, 'the lease passed to another while the provider was asked; its answer is still waited for');
      const outcome = row === undefined ? 'moved' : 'renewed';
      this.#renewals.inc({ outcome });
      return outcome;
    } catch (error) {
      this.#renewals.inc({ outcome: 'failed' });
      this.#context.logger.warn({ error, connectionId, connector }, 'the lease could not be renewed while the provider was asked; its answer is still waited for');
      return 'failed';
    }
  }
}
