import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { uuidv7 } from '@trunkline/contracts';
import type { Credential } from '../credential/credential.js';
import { credentialColumns } from '../credential/find-credential.js';

/** A credential that this process alone may refresh, until the lease ends. Read again under the lease. */
export interface LeasedCredential extends Credential {
  /** Every later holder has a greater one; a write with a smaller one misses. */
  readonly fence: string;
  /** The refresh token of a request that was sent and whose outcome was never stored: its sender died or lost its lease. */
  readonly openIntentDigest: string | null;
  /** The refresh token that was refused and not yet confirmed to be dead. */
  readonly refusedTokenDigest: string | null;
  readonly secondsSinceFirstRefusal: number | null;
  /** Since the credential was last known to be good. */
  readonly secondsSinceSuccess: number;
  readonly failures: number;
  /** `performance.now()` a moment before the lease was taken: it ends no earlier than the lease's length after this. */
  readonly takenAt: number;
}

type LeasedRow = Omit<LeasedCredential, 'takenAt'>;

const take = `
  lease_owner = $1, lease_fence = lease_fence + 1, lease_until = clock_timestamp() + make_interval(secs => $2)`;
const leasedColumns = `${credentialColumns},
  lease_fence::text AS fence, intent_token_digest AS "openIntentDigest", refused_token_digest AS "refusedTokenDigest",
  extract(epoch FROM clock_timestamp() - refused_at)::float8 AS "secondsSinceFirstRefusal",
  extract(epoch FROM clock_timestamp() - greatest(stored_at, last_refreshed_at))::float8 AS "secondsSinceSuccess",
  failures`;
const free = `deleted_at IS NULL AND status = 'usable'
  AND (lease_until IS NULL OR lease_until < clock_timestamp())
  AND (next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp())`;

const takeOne: Statement = {
  name: 'lease_take',
  text: `UPDATE tokens.credential SET ${take} WHERE connection_id = $3 AND ${free} RETURNING ${leasedColumns}`,
};
/** Replicas share the due credentials out among themselves: what one is looking at, the others pass over. */
const takeDue: Statement = {
  name: 'lease_take_due',
  text: `WITH due AS MATERIALIZED (
      SELECT connection_id AS id FROM tokens.credential WHERE refresh_due_at <= clock_timestamp() AND ${free}
      ORDER BY refresh_due_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ) UPDATE tokens.credential SET ${take} FROM due WHERE connection_id = due.id RETURNING ${leasedColumns}`,
};
const giveBack: Statement = {
  name: 'lease_give_back',
  text: `UPDATE tokens.credential SET lease_owner = NULL, lease_until = NULL WHERE connection_id = $1 AND lease_fence = $2 AND deleted_at IS NULL`,
};
const intend: Statement = {
  name: 'lease_intend',
  text: `UPDATE tokens.credential SET intent_id = $3, intent_token_digest = $4, intent_at = clock_timestamp()
    WHERE connection_id = $1 AND lease_fence = $2 AND deleted_at IS NULL AND lease_until > clock_timestamp() + make_interval(secs => $5) RETURNING connection_id`,
};

/**
 * Who may refresh a credential: one row, one holder, the database's clock. Taken by one UPDATE, so that of any number of processes one
 * gets it; ends by itself, so that a holder that dies blocks nobody for longer than the lease.
 */
@Injectable()
export class RefreshLease {
  readonly #sql: Sql;
  /** This process. Only for people who look at the table: what protects the row is the fence. */
  readonly #owner = uuidv7();

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  /** @returns undefined if another holder has it, or the credential is gone, not usable or cooling down */
  async take(connectionId: string, leaseSeconds: number): Promise<LeasedCredential | undefined> {
    const takenAt = performance.now();
    const row = await this.#sql.first<LeasedRow>(takeOne, [this.#owner, leaseSeconds, connectionId]);
    return row === undefined ? undefined : { ...row, takenAt };
  }

  /** At most so many of the credentials whose renewal is due, the most urgent first. */
  async takeDue(limit: number, leaseSeconds: number): Promise<LeasedCredential[]> {
    const takenAt = performance.now();
    const rows = await this.#sql.rows<LeasedRow>(takeDue, [this.#owner, leaseSeconds, limit]);
    return rows.map((row) => ({ ...row, takenAt }));
  }

  /** Ends the lease early when there was nothing to do. */
  async giveBack(held: LeasedCredential): Promise<void> {
    await this.#sql.rows(giveBack, [held.connectionId, held.fence]);
  }

  /**
   * Notes that this refresh token is about to be sent; committed before it is. If we die after that, the next holder knows that the
   * provider may have exchanged it.
   * @returns the intent's id, or undefined if the lease is no longer ours or ends within `neededSeconds`
   */
  async intend(held: LeasedCredential, tokenDigest: string, neededSeconds: number): Promise<string | undefined> {
    const intentId = uuidv7();
    const row = await this.#sql.first(intend, [held.connectionId, held.fence, intentId, tokenDigest, neededSeconds]);
    return row === undefined ? undefined : intentId;
  }
}
