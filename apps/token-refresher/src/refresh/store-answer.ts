import { Inject, Injectable } from '@nestjs/common';
import type { GrantedTokens, Target } from '@trunkline/connector-kit';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import { digestOf, type TokenMembers } from '../credential/secret-members.js';
import { extentOfLate } from '../revocation/late-token.js';
import { RevocationQueue } from '../revocation/revocation-queue.js';
import { TokenSpool } from '../spool/token-spool.js';
import { insist } from './insist.js';
import { REFRESH_POLICY } from './policy-from-config.js';
import { refreshLifeOf } from './refresh-life.js';
import type { LeasedCredential } from './refresh-lease.js';
import { scheduleOf, type RefreshPolicy } from './refresh-policy.js';
import { SettleRefresh, type CommitOutcome, type NewValue } from './settle-refresh.js';

/** A new token set, with what must be known to store it. */
export interface Answer {
  readonly target: Target;
  readonly old: TokenMembers;
  readonly granted: GrantedTokens;
  readonly intentId: string;
  /** `performance.now()` when the answer was there. */
  readonly receivedAt: number;
  /** The access token a provider rejected, if that is why we refresh. */
  readonly rejectedDigest: string | null;
  /** `performance.now()` until which the lease lasts. */
  readonly leaseEnd: number;
}

/** How long an answer that could not be stored is kept in memory and tried again; on disk it waits for ever. The fence makes a late write harmless. */
const commitPatienceMs = 10 * 60_000;
/** A commit that hangs is as good as one that failed. */
const spoolAfterMs = 2_000;

/** Gets a new token set to where it survives: the row, and while the database does not take it, the disk. */
@Injectable()
export class StoreAnswer {
  constructor(
    @Inject(SettleRefresh) private readonly settle: SettleRefresh,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(TokenSpool) private readonly spool: TokenSpool,
    @Inject(RevocationQueue) private readonly revocations: RevocationQueue,
    @Inject(REFRESH_POLICY) private readonly policy: RefreshPolicy,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
  ) {}

  /** @returns `lost` if it is not in the row when patience ends; it may be on disk then */
  async store(lease: LeasedCredential, answer: Answer): Promise<CommitOutcome | 'lost'> {
    const members = renewed(answer.old, answer.granted);
    let value: NewValue | undefined;
    let kept: Promise<boolean> | undefined;
    const keep = (): void => {
      // Again after a vain try: a full disk may have room by then.
      kept = (kept ?? Promise.resolve(false)).then((is) => is || this.#keep(lease, members, answer));
    };
    const hanging = setTimeout(keep, spoolAfterMs);
    try {
      const outcome = await this.#insist(lease, answer.leaseEnd, answer.receivedAt + commitPatienceMs, keep, async () => {
        value ??= { ...this.#detailsOf(lease, answer), sealed: await this.seal.seal(lease, members) };
        return this.settle.commit(lease, value);
      });
      if (outcome !== 'stored') await this.#dropLate(lease, members, outcome, answer);
      if (await kept) await this.#done(answer.intentId, outcome === 'stored' ? 'stored' : 'late');
      return outcome;
    } catch (error) {
      const where = (await kept) === true ? 'it waits on disk' : 'it is in no second place';
      this.context.logger.error({ error, connectionId: lease.connectionId, connector: lease.connector, where }, 'a new token could not be stored');
      return 'lost';
    } finally {
      clearTimeout(hanging);
      this.spool.letGo(answer.intentId);
    }
  }

  #detailsOf(lease: LeasedCredential, { granted, intentId, receivedAt, rejectedDigest }: Answer): Omit<NewValue, 'sealed'> {
    const cameBack = digestOf(granted.accessToken.reveal()) === rejectedDigest;
    return {
      intentId,
      tokenType: granted.tokenType,
      scopes: granted.scopes ?? lease.scopes,
      schedule: scheduleOf({ expiresInSeconds: granted.expiresInSeconds, refreshable: true, id: lease.connectionId }, this.policy),
      refreshExpiresInSeconds: refreshLifeOf(granted),
      ageSeconds: () => (granted.ageMs + performance.now() - receivedAt) / 1_000,
      suspectTokenDigest: cameBack ? rejectedDigest : null,
    };
  }

  /** Never rejects: the token is still in memory, and the commit goes on. */
  async #keep(lease: LeasedCredential, members: TokenMembers, answer: Answer): Promise<boolean> {
    try {
      const sealed = await this.seal.sealToKeep(lease, members);
      const { tokenType, scopes, schedule, refreshExpiresInSeconds, suspectTokenDigest } = this.#detailsOf(lease, answer);
      const ageSeconds = answer.granted.ageMs / 1_000;
      const receivedAt = new Date(Date.now() - (performance.now() - answer.receivedAt)).toISOString();
      const { connectionId, platformId, projectId, connector, inputs, allowedOrigins, oauthAppId } = lease;
      await this.spool.keep({
        format: 1, intentId: answer.intentId, connectionId, platformId, projectId, connector, inputs: { ...inputs }, allowedOrigins: [...allowedOrigins], oauthAppId,
        type: members.type, sealed: sealed.toString('base64'), tokenType, scopes: [...scopes], ...schedule, refreshExpiresInSeconds, suspectTokenDigest, ageSeconds, receivedAt,
      });
      return true;
    } catch (error) {
      this.context.logger.error({ error, connectionId: lease.connectionId }, 'a new token could not be kept on disk either; it is only in memory');
      return false;
    }
  }

  /** A file that stays is harmless: the replay finds the token stored. */
  async #done(intentId: string, outcome: 'stored' | 'late'): Promise<void> {
    await this.spool.done(intentId, outcome).catch((error: unknown) => this.context.logger.warn({ error }, 'a file of the token spool could not be removed; it is tried again'));
  }

  /** A token that came too late is never stored; what of it is revoked is {@link extentOfLate}'s to say. */
  async #dropLate(lease: LeasedCredential, members: TokenMembers, outcome: 'overtaken' | 'deleted', { target, leaseEnd }: Answer): Promise<void> {
    const extent = extentOfLate(outcome, target.connector, members.type, lease.connectionId);
    this.context.logger.warn({ connectionId: lease.connectionId, connector: lease.connector, reason: outcome, revoked: extent ?? 'nothing' }, 'a token came too late and is not stored');
    if (extent === null) return;
    await this.#insist(lease, leaseEnd, performance.now() + commitPatienceMs, () => undefined, async () => this.revocations.add({ ...lease, sealed: await this.seal.seal(lease, members), extent }));
  }

  /** What we know exists nowhere else. Any error is met by trying again while the lease lasts, an outage for longer. */
  #insist<Result>(lease: LeasedCredential, untilMs: number, untilBackMs: number, inVain: () => void, write: () => Promise<Result>): Promise<Result> {
    const onVain = (error: unknown, attempt: number) => {
      inVain();
      this.context.logger.warn({ error, connectionId: lease.connectionId, attempt }, 'the outcome of a refresh could not be written yet');
    };
    return insist({ untilMs, untilBackMs, onVain }, write);
  }
}

/** RFC 6749 §6: an answer without a refresh token means that the one used stays valid. After an assertion there should be none (RFC 7521 §4.1). */
const renewed = (old: TokenMembers, { accessToken, refreshToken }: GrantedTokens): TokenMembers =>
  old.type === 'OAUTH2' ? { ...old, accessToken, refreshToken: refreshToken ?? old.refreshToken } : { ...old, accessToken };
