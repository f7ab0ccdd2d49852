import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { uuidv7 } from '@trunkline/contracts';
import type { Credential } from '../credential/credential.js';
import { credentialColumns } from '../credential/find-credential.js';
import { WriteTogether } from './write-together.js';

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

/** A leased credential that is due, and the host it was taken for. */
export interface DueCredential {
  readonly host: string;
  readonly lease: LeasedCredential;
}

export type LeasedRow = Omit<LeasedCredential, 'takenAt'>;

const take = `
  lease_owner = $1, lease_fence = lease_fence + 1, lease_until = clock_timestamp() + make_interval(secs => $2)`;
export const leasedColumns = `${credentialColumns},
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
/** The index knows since when it is due; `statement_timestamp()`, unlike `clock_timestamp()`, can be looked up in it. */
const dueSince = 'greatest(refresh_due_at, next_attempt_at)';
const isDue = `deleted_at IS NULL AND status = 'usable' AND refresh_due_at IS NOT NULL AND ${dueSince} <= statement_timestamp()`;

/**
 * Host by host: one whose slots are taken is not looked at, however much waits there. Replicas share the due credentials out among
 * themselves: what one is looking at, the others pass over.
 */
export const takeDue: Statement = {
  name: 'lease_take_due',
  text: `WITH due AS MATERIALIZED (
      SELECT picked.id FROM unnest($3::text[], $4::int[]) AS host(name, most) CROSS JOIN LATERAL (
        SELECT connection_id AS id FROM tokens.credential
        WHERE refresh_host = host.name AND ${isDue} AND (lease_until IS NULL OR lease_until < clock_timestamp())
        ORDER BY ${dueSince} LIMIT host.most FOR UPDATE SKIP LOCKED
      ) AS picked
    ) UPDATE tokens.credential SET ${take} FROM due WHERE connection_id = due.id RETURNING ${leasedColumns}, refresh_host AS host`,
};
export const dueHosts: Statement = {
  name: 'lease_due_hosts',
  text: `SELECT DISTINCT refresh_host AS host FROM tokens.credential WHERE ${isDue}`,
};
/** The lease ends with it: where it was taken for is not where it belongs. */
const placeAt: Statement = {
  name: 'lease_place',
  text: `UPDATE tokens.credential AS c SET refresh_host = n.host, lease_owner = NULL, lease_until = NULL
    FROM unnest($1::text[], $2::bigint[], $3::text[]) AS n(id, fence, host)
    WHERE c.connection_id = n.id AND c.lease_fence = n.fence AND c.deleted_at IS NULL`,
};
const giveBack: Statement = {
  name: 'lease_give_back',
  text: `UPDATE tokens.credential SET lease_owner = NULL, lease_until = NULL WHERE connection_id = $1 AND lease_fence = $2 AND deleted_at IS NULL`,
};
/** Due when the lease ends, whenever it was due before: if the holder dies, the sweep sees to what it left open, and nobody has to ask first. */
const intend: Statement = {
  name: 'lease_intend',
  text: `UPDATE tokens.credential AS c SET intent_id = n.intent, intent_token_digest = n.digest, intent_at = clock_timestamp(), refresh_due_at = least(c.refresh_due_at, c.lease_until)
    FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::float8[]) AS n(id, fence, intent, digest, needed)
    WHERE c.connection_id = n.id AND c.lease_fence = n.fence AND c.deleted_at IS NULL AND c.lease_until > clock_timestamp() + make_interval(secs => n.needed)
    RETURNING n.intent AS "intentId"`,
};

interface Intent {
  readonly intentId: string;
  readonly held: LeasedCredential;
  readonly tokenDigest: string;
  readonly neededSeconds: number;
}

/** A host, and how many of its due credentials are wanted. */
export interface HostShare {
  readonly host: string;
  readonly most: number;
}

/**
 * Who may refresh a credential: one row, one holder, the database's clock. Taken by one UPDATE, so that of any number of processes one
 * gets it; ends by itself, so that a holder that dies blocks nobody for longer than the lease.
 */
@Injectable()
export class RefreshLease {
  readonly #sql: Sql;
  /** This process. Only for people who look at the table: what protects the row is the fence. */
  readonly #owner = uuidv7();
  readonly #intents = new WriteTogether<Intent, boolean>({
    all: (intents) => this.#intendAll(intents),
    alone: async (intent) => (await this.#intendAll([intent]))[0]!,
    most: 100,
    lanes: 2,
  });

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  /** @returns undefined if another holder has it, or the credential is gone, not usable or cooling down */
  async take(connectionId: string, leaseSeconds: number): Promise<LeasedCredential | undefined> {
    const takenAt = performance.now();
    const row = await this.#sql.first<LeasedRow>(takeOne, [this.#owner, leaseSeconds, connectionId]);
    return row === undefined ? undefined : { ...row, takenAt };
  }

  /** Of each host at most so many of the credentials whose renewal is due, the most urgent first. */
  async takeDue(shares: readonly HostShare[], leaseSeconds: number): Promise<DueCredential[]> {
    const takenAt = performance.now();
    const rows = await this.#sql.rows<LeasedRow & { host: string }>(takeDue, [this.#owner, leaseSeconds, shares.map(({ host }) => host), shares.map(({ most }) => most)]);
    return rows.map(({ host, ...row }) => ({ host, lease: { ...row, takenAt } }));
  }

  /** Where something is due. The empty name stands for what was never placed. */
  async dueHosts(): Promise<string[]> {
    return (await this.#sql.rows<{ host: string }>(dueHosts, [])).map(({ host }) => host);
  }

  /** Notes where they belong, and ends their leases. */
  async place(placed: readonly DueCredential[]): Promise<void> {
    await this.#sql.rows(placeAt, [placed.map(({ lease }) => lease.connectionId), placed.map(({ lease }) => lease.fence), placed.map(({ host }) => host)]);
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
    return (await this.#intents.add({ intentId, held, tokenDigest, neededSeconds })) ? intentId : undefined;
  }

  async #intendAll(intents: readonly Intent[]): Promise<boolean[]> {
    const rows = await this.#sql.rows<Pick<Intent, 'intentId'>>(intend, [
      intents.map(({ held }) => held.connectionId),
      intents.map(({ held }) => held.fence),
      intents.map(({ intentId }) => intentId),
      intents.map(({ tokenDigest }) => tokenDigest),
      intents.map(({ neededSeconds }) => neededSeconds),
    ]);
    const noted = new Set(rows.map(({ intentId }) => intentId));
    return intents.map(({ intentId }) => noted.has(intentId));
  }
}
