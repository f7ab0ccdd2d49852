import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { uuidv7 } from '@trunkline/contracts';
import { every, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';
import { VaultError } from '@trunkline/vault';
import type { TokenRefresherConfig } from '../config.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import { Connectors } from '../provider/connectors.js';
import { leasedColumns, type LeasedCredential, type LeasedRow } from '../refresh/refresh-lease.js';
import { SettleRefresh, type CommitOutcome } from '../refresh/settle-refresh.js';
import { extentOfLate } from '../revocation/late-token.js';
import { RevocationQueue } from '../revocation/revocation-queue.js';
import { ageNow, type SpooledToken } from './spooled-token.js';
import { TokenSpool } from './token-spool.js';

/**
 * As long as the row's open intent is the one the token came for, nobody else has sent the old refresh token: the token still belongs
 * there. Whoever holds the lease by now has not sent anything either, and with the new fence cannot.
 */
const seize: Statement = {
  name: 'spool_seize',
  text: `UPDATE tokens.credential SET lease_owner = $3, lease_fence = lease_fence + 1, lease_until = clock_timestamp() + make_interval(secs => $4)
    WHERE connection_id = $1 AND intent_id = $2 AND deleted_at IS NULL RETURNING ${leasedColumns}`,
};
const read: Statement = {
  name: 'spool_read',
  text: `SELECT settled_intent_id = $2 AS stored, deleted_at IS NOT NULL AS deleted FROM tokens.credential WHERE connection_id = $1`,
};

/** Brings what was kept on disk to where it belongs: at the start, before anybody is answered, and then every few seconds. */
@Injectable()
export class ReplaySpool implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #owner = uuidv7();
  #loop: Loop | undefined;
  /** One round at a time, whoever asks for it. */
  #round: Promise<number> = Promise.resolve(0);

  constructor(
    @Inject(TokenSpool) private readonly spool: TokenSpool,
    @Inject(Sql) private readonly sql: Sql,
    @Inject(SettleRefresh) private readonly settle: SettleRefresh,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(Connectors) private readonly connectors: Connectors,
    @Inject(RevocationQueue) private readonly revocations: RevocationQueue,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  onApplicationBootstrap(): void {
    this.#loop = every(this.context.config.spoolIntervalMs, 'spool replay', this.context.logger, async () => {
      await this.replay();
    });
  }

  /** Never rejects. @returns how many tokens were seen to; with a connection, only its own are looked at */
  replay(connectionId?: string): Promise<number> {
    const round = this.#round.then(() => this.#replay(connectionId));
    this.#round = round;
    return round;
  }

  async #replay(connectionId?: string): Promise<number> {
    let seen = 0;
    try {
      for (const token of await this.spool.waiting()) {
        if (connectionId === undefined || token.connectionId === connectionId) seen += (await this.#bringBack(token)) ? 1 : 0;
      }
    } catch (error) {
      this.context.logger.warn({ error }, 'the token spool could not be looked at; it is tried again');
    }
    return seen;
  }

  /** Whatever fails, the file stays and is tried again. */
  async #bringBack(token: SpooledToken): Promise<boolean> {
    const { connectionId, connector, intentId } = token;
    try {
      const outcome = await this.#store(token);
      if (outcome === 'foreign') {
        await this.spool.setAside(intentId, 'it cannot be opened here, or its connection is unknown');
        return true;
      }
      if (outcome !== 'stored') await this.#endLate(token, outcome);
      await this.spool.done(intentId, outcome === 'stored' ? 'stored' : 'late');
      this.context.logger.warn({ connectionId, connector, outcome }, 'a token that was kept on disk is seen to');
      return true;
    } catch (error) {
      this.context.logger.warn({ error, connectionId, connector }, 'a token that was kept on disk could not be stored yet');
      return false;
    }
  }

  async #store(token: SpooledToken): Promise<CommitOutcome | 'foreign'> {
    const { connectionId, intentId } = token;
    const sealed = await this.#sealedAnew(token);
    if (sealed === undefined) return 'foreign';
    const row = await this.sql.first<LeasedRow>(seize, [connectionId, intentId, this.#owner, this.context.config.refreshLeaseSeconds]);
    if (row === undefined) {
      const known = await this.sql.first<{ stored: boolean | null; deleted: boolean }>(read, [connectionId, intentId]);
      if (known === undefined) return 'foreign';
      if (known.deleted) return 'deleted';
      return known.stored === true ? 'stored' : 'overtaken';
    }
    const lease: LeasedCredential = { ...row, takenAt: performance.now() };
    return this.settle.commit(lease, {
      intentId,
      sealed,
      tokenType: token.tokenType,
      scopes: token.scopes,
      schedule: { lifetimeSeconds: token.lifetimeSeconds, dueInSeconds: token.dueInSeconds },
      refreshExpiresInSeconds: token.refreshExpiresInSeconds,
      ageSeconds: () => ageNow(token, Date.now()),
      suspectTokenDigest: token.suspectTokenDigest,
    });
  }

  /** Opened to see that it is whole and ours, and sealed again: a data key that was replaced meanwhile may be about to go. */
  async #sealedAnew(token: SpooledToken): Promise<Buffer | undefined> {
    try {
      const members = await this.seal.open({ ...token, sealed: Buffer.from(token.sealed, 'base64') });
      return await this.seal.seal(token, members);
    } catch (error) {
      const hopeless = error instanceof VaultError ? error.code === 'VAULT_SEALED_CORRUPT' || error.code === 'VAULT_KEY_UNKNOWN' : error instanceof SyntaxError;
      if (hopeless) return undefined;
      throw error;
    }
  }

  async #endLate(token: SpooledToken, outcome: 'overtaken' | 'deleted'): Promise<void> {
    // What a tenant defined is not known while the registry is away: then nothing is guessed of it.
    await this.connectors.ready(token.connector).catch(() => undefined);
    const connector = this.connectors.find(token.connector);
    const extent = connector === undefined ? (outcome === 'deleted' ? 'grant' : null) : extentOfLate(outcome, connector, token.type, token.connectionId);
    if (extent !== null) await this.revocations.add({ ...token, sealed: Buffer.from(token.sealed, 'base64'), extent });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
    await this.#round;
  }
}
