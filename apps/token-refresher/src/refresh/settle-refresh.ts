import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { connectionCalled, credentialBroken, credentialRefreshed, type StatusReason } from '@trunkline/contracts';
import { fact, Outbox, type Fact } from '@trunkline/persistence';
import { failedCall, type Call } from '../credential/failed-call.js';
import { connectionOf, isSecond } from '../credential/token-id.js';
import { updated } from '../credential/updated-rows.js';
import type { LeasedCredential } from './refresh-lease.js';
import type { TokenSchedule } from './refresh-policy.js';
import { holdConnections, noteSecondBroken, noteSecondsRenewed, type Standing } from './second-standing.js';
import { intentDone, settled } from './settled-columns.js';
import { storeRefreshed, type Refreshed, type StoredRow } from './store-refreshed.js';
import { WriteTogether } from './write-together.js';

/** A token set ready to be stored. */
export interface NewValue {
  readonly intentId: string;
  readonly sealed: Buffer;
  readonly tokenType: string;
  readonly scopes: readonly string[];
  /** Since the provider issued it, in seconds, at the moment it is stored. */
  readonly ageSeconds: () => number;
  readonly schedule: TokenSchedule;
  /** Of the refresh token, counted like the schedule; null: the provider did not say. */
  readonly refreshExpiresInSeconds: number | null;
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

const held = 'connection_id = $1 AND lease_fence = $2 AND deleted_at IS NULL';

/**
 * Writes what became of a refresh. Every write asks for the fence it was begun under: a holder that was paused and comes back writes
 * nothing, whatever it learned.
 */
@Injectable()
export class SettleRefresh {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #commits = new WriteTogether<Refreshed, CommitOutcome>({
    all: (values) => this.#commitAll(values),
    alone: (value) => this.#commitAlone(value),
    most: 100,
    lanes: 2,
  });

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
  }

  /**
   * Puts the new tokens in place of the old ones and tells it, in one transaction; with others that are ready at the same moment, each
   * under its own fence. Done twice (the answer to the first COMMIT was lost) it stores nothing more and still says `stored`.
   */
  commit(lease: LeasedCredential, value: NewValue): Promise<CommitOutcome> {
    return this.#commits.add({ lease, value });
  }

  /** What is not stored here was overtaken, deleted or stored before: that is looked at one by one. */
  async #commitAll(all: readonly Refreshed[]): Promise<('stored' | undefined)[]> {
    try {
      const rows = await this.#database.transaction(async (tx) => {
        // Somebody may hold one of the rows: the others must not wait for long.
        await tx.query(`SET LOCAL lock_timeout = '250ms'`);
        return this.#store(tx, all);
      });
      const stored = new Set(rows.map(({ intentId }) => intentId));
      return all.map(({ value }) => (stored.has(value.intentId) ? 'stored' : undefined));
    } catch (error) {
      if (isLockTimeout(error)) return all.map(() => undefined);
      throw error;
    }
  }

  #commitAlone({ lease, value }: Refreshed): Promise<CommitOutcome> {
    return this.#database.transaction(async (tx) => {
      const rows = await this.#store(tx, [{ lease, value }]);
      return rows.length > 0 ? 'stored' : this.#whyNot(tx, lease, value.intentId);
    });
  }

  async #store(tx: EntityManager, all: readonly Refreshed[]): Promise<StoredRow[]> {
    await holdConnections(tx, all.filter(mayMend).map(({ lease }) => lease.connectionId));
    const rows = await storeRefreshed(tx, all);
    const requests = new Map(all.map((refreshed) => [refreshed.value.intentId, refreshed]));
    const renewed = rows.map((row) => ({ row, request: requests.get(row.intentId)! }));
    const mending = renewed.filter(({ request }) => mayMend(request)).map(({ request }) => request.lease.connectionId);
    const mended = mending.length === 0 ? [] : await noteSecondsRenewed(tx, mending);
    const facts = renewed.flatMap(({ row, request: { lease } }) => {
      const news = isSecond(lease.connectionId) ? ofSecond(lease, mended) : ofFirst(lease, row);
      // Once a minute is enough for a connection that works; the first success after a failure is always told.
      return row.tell ? [...news, callOf(lease, { outcome: 'succeeded', code: null })] : news;
    });
    await this.#outbox.addEvents(tx, facts);
    return rows;
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
      const second = isSecond(lease.connectionId);
      if (second) await holdConnections(tx, [lease.connectionId]);
      const [row] = await updated<{ version: number }>(tx, `
        UPDATE tokens.credential SET
          status = 'broken', broken_at = clock_timestamp(), status_reason = $3, last_error_code = $4, failures = failures + 1, next_attempt_at = NULL, success_told_at = NULL, ${intentDone}, ${settled}
        WHERE ${held} AND status = 'usable' RETURNING (version + second_told)::float8 AS version`, [lease.connectionId, lease.fence, reason, errorCode]);
      if (row === undefined) return false;
      const standing = second ? await noteSecondBroken(tx, lease.connectionId, reason) : { ...row, firstBroken: false };
      // A connection whose first token is broken too is broken for that token's reason until it works again.
      if (standing !== undefined && !standing.firstBroken) await this.#outbox.addEvents(tx, [brokenFact(lease, standing.version, reason)]);
      const call = failedCall(errorCode);
      if (call !== null) await this.#tellCall(tx, lease, { ...call, outcome: 'unauthorized' });
      return true;
    });
  }

  #tellCall(tx: EntityManager, lease: LeasedCredential, call: Call): Promise<void> {
    return this.#outbox.addEvents(tx, [callOf(lease, call)]);
  }
}

/** A further token that was not usable when it was leased: its renewal may be what the connection waits for. */
const mayMend = ({ lease }: Refreshed): boolean => isSecond(lease.connectionId) && lease.status !== 'usable';

/** The first works again, or still: so does the connection, unless a further token of it does not. */
const ofFirst = (lease: LeasedCredential, { version, expiresAt, secondBroken }: StoredRow): Fact[] =>
  [secondBroken === null ? refreshedFact(lease, version, expiresAt) : brokenFact(lease, version, secondBroken)];

/** Of a further token only what it changes for the connection is told. */
function ofSecond(lease: LeasedCredential, mended: readonly Standing[]): Fact[] {
  const standing = mended.find(({ connectionId }) => connectionId === connectionOf(lease.connectionId));
  return standing === undefined || standing.firstBroken ? [] : [refreshedFact(lease, standing.version, standing.expiresAt)];
}

const refreshedFact = (lease: LeasedCredential, version: number, expiresAt: Date | null): Fact =>
  fact(credentialRefreshed, { ...factOf(lease, version), expiresAt: expiresAt?.toISOString() ?? null }, connectionOf(lease.connectionId));
const brokenFact = (lease: LeasedCredential, version: number, reason: StatusReason): Fact =>
  fact(credentialBroken, { ...factOf(lease, version), reason }, connectionOf(lease.connectionId));
const callOf = (lease: LeasedCredential, call: Call): Fact => {
  const connectionId = connectionOf(lease.connectionId);
  return fact(connectionCalled, { connectionId, at: new Date().toISOString(), source: 'refresh', ...call }, connectionId);
};

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03';

const factOf = ({ connectionId, platformId, projectId, connector }: LeasedCredential, credentialVersion: number) => ({
  connectionId: connectionOf(connectionId),
  platformId,
  projectId,
  connector,
  credentialVersion,
});
