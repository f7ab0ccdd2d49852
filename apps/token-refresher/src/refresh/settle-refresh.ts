import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { connectionCalled, credentialBroken, credentialRefreshed, type StatusReason } from '@trunkline/contracts';
import { Outbox } from '@trunkline/persistence';
import { failedCall, type Call } from '../credential/failed-call.js';
import { updated } from '../credential/updated-rows.js';
import type { LeasedCredential } from './refresh-lease.js';
import type { TokenSchedule } from './refresh-policy.js';

/** A token set ready to be stored. */
export interface NewValue {
  readonly intentId: string;
  readonly sealed: Buffer;
  readonly tokenType: string;
  readonly scopes: readonly string[];
  /** Since the provider issued it, in seconds, at the moment it is stored. */
  readonly ageSeconds: () => number;
  readonly schedule: TokenSchedule;
  /** The rejected access token this refresh was for, if the provider handed out the very same again. */
  readonly suspectTokenDigest: string | null;
}

/** Stored; or the lease had passed to another (`overtaken`), or the connection was deleted meanwhile (`deleted`). */
export type CommitOutcome = 'stored' | 'overtaken' | 'deleted';

/** What a failed attempt leaves behind. */
export interface Postponement {
  readonly pauseSeconds: number;
  readonly errorCode: string;
  /** Whether the failure counts towards longer pauses. */
  readonly counts: boolean;
  readonly statusReason: StatusReason | null;
  /** The request may have been carried out: the next holder must know. */
  readonly keepIntent: boolean;
  /** First refusal of this refresh token. */
  readonly refusedTokenDigest?: string;
}

const settled = 'lease_owner = NULL, lease_until = NULL, updated_at = clock_timestamp()';
const intentDone = 'intent_id = NULL, intent_token_digest = NULL, intent_at = NULL';
/** `now()` is the same all through a statement, so what is returned tells whether this one set it. */
const tellSuccess = `success_told_at = CASE WHEN success_told_at > now() - interval '1 minute' THEN success_told_at ELSE now() END`;
const held = 'connection_id = $1 AND lease_fence = $2 AND deleted_at IS NULL';

/**
 * Writes what became of a refresh. Every write asks for the fence it was begun under: a holder that was paused and comes back writes
 * nothing, whatever it learned.
 */
@Injectable()
export class SettleRefresh {
  readonly #database: DataSource;
  readonly #outbox: Outbox;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
  }

  /**
   * Puts the new tokens in place of the old ones and tells it, in one transaction. Done twice (the answer to the first COMMIT was lost)
   * it stores nothing more and still says `stored`.
   */
  commit(lease: LeasedCredential, value: NewValue): Promise<CommitOutcome> {
    return this.#database.transaction(async (tx) => {
      const [row] = await updated<{ version: number; expiresAt: Date | null; tell: boolean }>(tx, `
        UPDATE tokens.credential SET
          sealed = $3, token_type = $4, scopes = $5,
          access_lifetime_seconds = $6::float8,
          access_expires_at = clock_timestamp() + make_interval(secs => $6::float8 - $8::float8),
          refresh_due_at = clock_timestamp() + make_interval(secs => $7::float8 - $8::float8),
          version = version + 1, status_reason = NULL, failures = 0, next_attempt_at = NULL, last_error_code = NULL,
          refused_token_digest = NULL, refused_at = NULL, suspect_token_digest = $9,
          settled_intent_id = $10, last_refreshed_at = clock_timestamp(), ${tellSuccess}, ${intentDone}, ${settled}
        WHERE ${held} AND settled_intent_id IS DISTINCT FROM $10
        RETURNING version::float8 AS version, access_expires_at AS "expiresAt", success_told_at = now() AS tell`, [
        lease.connectionId,
        lease.fence,
        value.sealed,
        value.tokenType,
        value.scopes,
        value.schedule.lifetimeSeconds,
        value.schedule.dueInSeconds,
        value.ageSeconds(),
        value.suspectTokenDigest,
        value.intentId,
      ]);
      if (row === undefined) return this.#whyNot(tx, lease, value.intentId);
      const fact = { ...factOf(lease, row.version), expiresAt: row.expiresAt?.toISOString() ?? null };
      await this.#outbox.addEvent(tx, credentialRefreshed, fact, lease.connectionId);
      // Once a minute is enough for a connection that works; the first success after a failure is always told.
      if (row.tell) await this.#tellCall(tx, lease, { outcome: 'succeeded', code: null });
      return 'stored';
    });
  }

  async #whyNot(tx: EntityManager, lease: LeasedCredential, intentId: string): Promise<CommitOutcome> {
    const [row] = (await tx.query('SELECT settled_intent_id AS "settled", deleted_at IS NOT NULL AS deleted FROM tokens.credential WHERE connection_id = $1', [
      lease.connectionId,
    ])) as { settled: string | null; deleted: boolean }[];
    if (row === undefined || row.deleted) return 'deleted';
    return row.settled === intentId ? 'stored' : 'overtaken';
  }

  /** Ends the attempt without a new token; the connection keeps its status. */
  async postpone(lease: LeasedCredential, left: Postponement): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const rows = await updated(
        tx,
        `UPDATE tokens.credential SET
           failures = failures + $3, next_attempt_at = clock_timestamp() + make_interval(secs => $4), last_error_code = $5, status_reason = $6,
           refused_at = CASE WHEN $7::text IS NULL THEN refused_at ELSE clock_timestamp() END,
           refused_token_digest = coalesce($7, refused_token_digest), success_told_at = NULL,
           ${left.keepIntent ? '' : `${intentDone}, `}${settled}
         WHERE ${held} RETURNING connection_id`,
        [lease.connectionId, lease.fence, left.counts ? 1 : 0, left.pauseSeconds, left.errorCode, left.statusReason, left.refusedTokenDigest ?? null],
      );
      const call = failedCall(left.errorCode);
      if (rows.length > 0 && call !== null) await this.#tellCall(tx, lease, call);
    });
  }

  /** Gives the credential up until a person connects anew, and tells it. Not if somebody else stored a new one meanwhile. */
  async breakDown(lease: LeasedCredential, reason: StatusReason, errorCode: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const [row] = await updated<{ version: number }>(tx, `
        UPDATE tokens.credential SET
          status = 'broken', status_reason = $3, last_error_code = $4, failures = failures + 1, next_attempt_at = NULL, success_told_at = NULL, ${intentDone}, ${settled}
        WHERE ${held} AND status = 'usable' RETURNING version::float8 AS version`, [lease.connectionId, lease.fence, reason, errorCode]);
      if (row === undefined) return false;
      await this.#outbox.addEvent(tx, credentialBroken, { ...factOf(lease, row.version), reason }, lease.connectionId);
      const call = failedCall(errorCode);
      if (call !== null) await this.#tellCall(tx, lease, { ...call, outcome: 'unauthorized' });
      return true;
    });
  }

  #tellCall(tx: EntityManager, { connectionId }: LeasedCredential, call: Call): Promise<void> {
    return this.#outbox.addEvent(tx, connectionCalled, { connectionId, at: new Date().toISOString(), source: 'refresh', ...call }, connectionId);
  }
}

const factOf = ({ connectionId, platformId, projectId, connector }: LeasedCredential, credentialVersion: number) => ({
  connectionId,
  platformId,
  projectId,
  connector,
  credentialVersion,
});
