import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { credentialRevoked, uuidv7 } from '@trunkline/contracts';
import { Outbox, Sql, tellAudit, type Statement } from '@trunkline/persistence';
import { keeper } from '../credential/audited-keeper.js';
import { connectionOf } from '../credential/token-id.js';
import { updated } from '../credential/updated-rows.js';

/** `grant`: the connection is gone, everything of it ends; `access`: one access token of a grant that is still in use. */
export type RevocationExtent = 'grant' | 'access';

/** What is to be revoked, sealed as it was stored. */
export interface Revocable {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly connector: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly allowedOrigins: readonly string[];
  readonly oauthAppId: string | null;
  readonly sealed: Buffer;
}

/** A token to revoke, claimed by this process for a while. */
export interface Revocation extends Revocable {
  readonly id: string;
  readonly extent: RevocationExtent;
  readonly announced: boolean;
  /** This try included. */
  readonly attempts: number;
}

export type RevocationOutcome = 'revoked' | 'unsupported' | 'failed';

/** The claim is only a pause before the next try: a process that dies in between delays the job, it does not lose it. */
const claimSeconds = 120;
const claim: Statement = {
  name: 'revocation_claim',
  text: `WITH due AS MATERIALIZED (
      SELECT id AS due_id FROM tokens.revocation WHERE next_attempt_at <= clock_timestamp() ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) UPDATE tokens.revocation SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    FROM due WHERE id = due.due_id
    RETURNING id, connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, inputs, allowed_origins AS "allowedOrigins",
      oauth_app_id AS "oauthAppId", sealed, extent, announced, attempts`,
};
const postpone: Statement = {
  name: 'revocation_postpone',
  text: `UPDATE tokens.revocation SET next_attempt_at = clock_timestamp() + make_interval(secs => $2), last_error_code = $3 WHERE id = $1`,
};

/** Tokens that must end at the provider: rows, so that no crash forgets one. Sealed until they are sent, gone when they are done with. */
@Injectable()
export class RevocationQueue {
  readonly #database: DataSource;
  readonly #sql: Sql;
  readonly #outbox: Outbox;
  #nudge: () => void = () => undefined;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Sql) sql: Sql, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#sql = sql;
    this.#outbox = outbox;
  }

  /** Whoever works the queue asks to be woken when something was added. */
  onAdded(nudge: () => void): void {
    this.#nudge = nudge;
  }

  /** A token that came too late for its connection. Not announced: the connection's own credential has its own job. */
  async add(token: Revocable & { readonly extent: RevocationExtent }): Promise<void> {
    await this.#insert(this.#database.manager, token, token.extent, false);
    this.#nudge();
  }

  /** In the transaction that deletes the credential. */
  async addDeleted(tx: EntityManager, token: Revocable, { announced = true }: { readonly announced?: boolean } = {}): Promise<void> {
    await this.#insert(tx, token, 'grant', announced);
    // The row is not committed yet; the queue is looked at a moment later and, at the latest, at its next round.
    setTimeout(() => this.#nudge(), 10).unref();
  }

  claim(limit: number): Promise<Revocation[]> {
    return this.#sql.rows<Revocation>(claim, [limit]);
  }

  async postpone(revocation: Revocation, pauseSeconds: number, errorCode: string): Promise<void> {
    await this.#sql.rows(postpone, [revocation.id, pauseSeconds, errorCode]);
  }

  /** Destroys the sealed token and tells the outcome, once: of two that come to an end at the same time one finds the row gone. */
  async finish(revocation: Revocation, outcome: RevocationOutcome): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const gone = await updated(tx, 'DELETE FROM tokens.revocation WHERE id = $1 RETURNING id', [revocation.id]);
      if (gone.length > 0 && revocation.announced) await this.announce(tx, revocation, outcome);
    });
  }

  async announce(tx: EntityManager, about: Pick<Revocable, 'connectionId' | 'platformId' | 'projectId' | 'connector'>, outcome: RevocationOutcome): Promise<void> {
    const { platformId, projectId, connector } = about;
    const connectionId = connectionOf(about.connectionId);
    await this.#outbox.addEvent(tx, credentialRevoked, { connectionId, platformId, projectId, connector, outcome }, connectionId);
    await tellAudit(this.#outbox, tx, {
      who: keeper,
      tenant: { platformId, projectId },
      action: 'credential.revoked',
      target: { type: 'app_connection', id: connectionId },
      outcome: outcome === 'failed' ? 'failed' : 'done',
      details: { connector, outcome },
    });
  }

  async #insert(tx: EntityManager, token: Revocable, extent: RevocationExtent, announced: boolean): Promise<void> {
    await tx.query(
      `INSERT INTO tokens.revocation (id, connection_id, project_id, connector, inputs, allowed_origins, oauth_app_id, sealed, extent, announced, platform_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [uuidv7(), token.connectionId, token.projectId, token.connector, token.inputs, token.allowedOrigins, token.oauthAppId, token.sealed, extent, announced, token.platformId],
    );
  }
}
