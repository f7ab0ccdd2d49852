import { Inject, Injectable } from '@nestjs/common';
import { requestToken, type RefusedTokens, type TokenOutcome } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import { counter, histogram, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { isExpired } from '../credential/credential.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import { digestOf, hasAccessToken, type TokenMembers } from '../credential/secret-members.js';
import { EGRESS } from '../provider/egress.js';
import { grantDigest, isUsedUp } from '../provider/renewal-grant.js';
import { ReplaySpool } from '../spool/replay-spool.js';
import { isMet, type Demand } from './demand.js';
import { HostSlots } from './host-slots.js';
import { insist } from './insist.js';
import { OauthAppCache } from './oauth-app-cache.js';
import { REFRESH_POLICY } from './policy-from-config.js';
import { PrepareRequest, type Prepared } from './prepare-request.js';
import { RefreshLease, type LeasedCredential } from './refresh-lease.js';
import { judgeRefusal, pauseAfter, type RefreshPolicy } from './refresh-policy.js';
import { RenewLease } from './renew-lease.js';
import { SettleProbe } from './settle-probe.js';
import { SettleRefresh, type Postponement } from './settle-refresh.js';
import { StoreAnswer } from './store-answer.js';
import { TokenHost } from './token-host.js';

/**
 * What came of holding the lease.
 *
 * | outcome | meaning |
 * |---|---|
 * | `refreshed` | a new token is stored |
 * | `unneeded` | somebody else had done it |
 * | `not_refreshable` | there is no way to renew it; it still lives |
 * | `transient`, `unconfirmed`, `postponed`, `misconfigured` | it is tried again after a pause; the connection keeps its status |
 * | `broken` | a person must connect again |
 * | `overtaken`, `deleted` | the lease had passed on, or the connection was deleted; nothing was written |
 * | `lost` | a token came and could not be stored; it waits on disk, or the open intent tells the next holder |
 */
export type AttemptOutcome =
  | 'refreshed'
  | 'unneeded'
  | 'not_refreshable'
  | 'postponed'
  | 'transient'
  | 'misconfigured'
  | 'unconfirmed'
  | 'broken'
  | 'overtaken'
  | 'deleted'
  | 'lost';

/** A lease in hand. */
interface Held extends LeasedCredential {
  /** `performance.now()` until which it lasts, if it was renewed since it was taken. */
  readonly heldUntil?: number;
}

/** What is known about a request once its answer is there. */
interface Sent {
  /** Digest of the refresh token that was used. */
  readonly usedDigest: string;
  /** Whether a request that got no answer may have cost the grant. */
  readonly usedUp: boolean;
}

/** A neighbour of ours (not the provider) did not answer: soon again, without blaming the connection. */
const awayPauseSeconds = 5;
/** Longest wait, with the lease in hand, for a turn at the host. */
const longestTurnMs = 5_000;
/** What must be left of the lease when the request is sent: it is renewed every third of its length from then on. */
const shareNeeded = 1 / 2;
const expiryBuckets = [0, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 21_600, 86_400];

/** One refresh, from the lease in hand to what is written down. Nothing aborts it once the request is sent. */
@Injectable()
export class AttemptRefresh {
  readonly #outcomes = counter('trunkline_credential_refreshes_total', 'Refreshes by connector and outcome.', ['connector', 'outcome']);
  readonly #timeToExpiry = histogram(
    'trunkline_credential_refresh_seconds_to_expiry',
    'Life left in the access token when its successor was stored; 0 or less: too late.',
    ['connector'],
    expiryBuckets,
  );

  constructor(
    @Inject(RefreshLease) private readonly lease: RefreshLease,
    @Inject(TokenHost) private readonly hosts: TokenHost,
    @Inject(HostSlots) private readonly slots: HostSlots,
    @Inject(PrepareRequest) private readonly preparation: PrepareRequest,
    @Inject(RenewLease) private readonly renewal: RenewLease,
    @Inject(StoreAnswer) private readonly answers: StoreAnswer,
    @Inject(SettleRefresh) private readonly settle: SettleRefresh,
    @Inject(SettleProbe) private readonly settleProbe: SettleProbe,
    @Inject(ReplaySpool) private readonly spool: ReplaySpool,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(OauthAppCache) private readonly apps: OauthAppCache,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext<TokenRefresherConfig>,
    @Inject(REFRESH_POLICY) private readonly policy: RefreshPolicy,
  ) {}

  /** @throws only for trouble of our own (database, sealing): the lease then ends by itself */
  async run(lease: LeasedCredential, demand: Demand): Promise<AttemptOutcome> {
    const outcome = await this.#steps(lease, demand);
    if (outcome !== 'unneeded') this.#outcomes.inc({ connector: lease.connector, outcome });
    return outcome;
  }

  async #steps(lease: LeasedCredential, demand: Demand): Promise<AttemptOutcome> {
    const members = await this.#open(lease);
    const digest = digestOf(members.accessToken.reveal());
    // The row's durations are those of the moment it was read: compared with a later one, an earlier refresh would pass for one that was asked for.
    if (await isMet(demand, lease, () => Promise.resolve(digest), lease.takenAt)) return this.#giveBack(lease, 'unneeded');
    if (!lease.refreshable) return isExpired(lease) ? this.#breakDown(lease, 'reauth_required', 'expired') : this.#giveBack(lease, 'not_refreshable');
    // What came of the open request may lie on our own disk: brought back, it takes the lease from us, and nothing is sent twice.
    if (lease.openIntentDigest !== null && (await this.spool.replay(lease.connectionId)) > 0) return this.#giveBack(lease, 'overtaken');

    const prepared = await this.preparation.prepare(lease, members);
    if ('away' in prepared) return this.#postponeForNeighbour(lease, prepared.away);
    if ('misconfigured' in prepared) return this.#misconfigured(lease, prepared.misconfigured, 'not_sent');

    const patienceMs = Math.min(longestTurnMs, this.#leaseEnd(lease) - performance.now() - this.#neededMs);
    const slot = await this.slots.enter(lease, this.hosts.of(lease), demand.kind !== 'due', patienceMs);
    if (slot === undefined) return this.#postponeForHost(lease);
    const sent = await this.#send(lease, prepared).finally(() => slot.leave());
    if (typeof sent === 'string') return sent;

    const { outcome, held, intentId, usedDigest } = sent;
    const receivedAt = performance.now();
    if (outcome.kind === 'refused') return this.#refused(held, outcome, { usedDigest, usedUp: isUsedUp(prepared.grant) });
    const rejectedDigest = demand.kind === 'rejected' ? demand.tokenDigest : null;
    const stored = await this.answers.store(held, { target: prepared.target, old: members, granted: outcome, intentId, receivedAt, rejectedDigest, leaseEnd: held.heldUntil });
    return stored === 'stored' ? this.#refreshed(held) : stored;
  }

  /** From the intent to the answer; an outcome where nothing was sent. */
  async #send(lease: LeasedCredential, prepared: Prepared): Promise<AttemptOutcome | { outcome: TokenOutcome; held: Held & { heldUntil: number }; intentId: string; usedDigest: string }> {
    const usedDigest = grantDigest(prepared.grant);
    const intentId = await this.lease.intend(lease, usedDigest, this.#neededMs / 1_000);
    if (intentId === undefined) return this.#giveBack(lease, 'overtaken');
    // Paused (SIGSTOP, a sleeping machine) since then? Another may hold the lease by now and have used this very refresh token.
    if (performance.now() + this.#neededMs > this.#leaseEnd(lease)) return this.#notSent(lease, usedDigest);

    const { result: outcome, until } = await this.renewal.during(lease, this.#ask(prepared));
    return { outcome, held: { ...lease, heldUntil: until }, intentId, usedDigest };
  }

  #refreshed(lease: Held): AttemptOutcome {
    const { connectionId, connector, status, secondsLeft, takenAt } = lease;
    if (secondsLeft !== null) this.#timeToExpiry.observe({ connector }, secondsLeft - (performance.now() - takenAt) / 1_000);
    if (status === 'broken') this.context.logger.info({ connectionId, connector }, 'a credential that was broken works again');
    else this.context.logger.debug({ connectionId, connector }, 'refreshed');
    return 'refreshed';
  }

  async #open(lease: LeasedCredential): Promise<TokenMembers> {
    const members = await this.seal.open(lease);
    if (!hasAccessToken(members)) throw new Error(`The credential of ${lease.connectionId} is of the kind ${members.type}: there is nothing to refresh`);
    return members;
  }

  get #neededMs(): number {
    return this.context.config.refreshLeaseSeconds * 1_000 * shareNeeded;
  }

  /** No failure of the request may get past here: by now the refresh token may be used up. */
  async #ask({ target, app, grant }: Prepared): Promise<TokenOutcome> {
    try {
      return await requestToken({ ...target, egress: this.egress, app, grant, timeoutMs: this.context.config.refreshAnswerMs });
    } catch (error) {
      this.context.logger.error({ error, connector: target.connector.id }, 'a token request ended in a way nobody expected');
      return { kind: 'refused', class: 'transient', error: 'unexpected', status: null, retryAfterMs: null, sent: true, message: 'unexpected' };
    }
  }

  async #refused(lease: Held, refused: RefusedTokens, { usedDigest, usedUp }: Sent): Promise<AttemptOutcome> {
    const wasOpen = usedUp && lease.openIntentDigest === usedDigest;
    const errorCode = refused.error ?? (refused.status === null ? 'no_answer' : `http_${refused.status}`);
    if (lease.status === 'broken') return this.#stillBroken(lease, errorCode);
    if (refused.class === 'misconfigured') {
      if (lease.oauthAppId !== null) this.apps.forget(lease.oauthAppId);
      return this.#misconfigured(lease, refused.message, errorCode, seconds(refused.retryAfterMs));
    }
    if (refused.class === 'reauth') return this.#grantRefused(lease, errorCode, usedDigest, wasOpen);

    // No answer, or a success we could not read: the provider may have exchanged the refresh token.
    const unknown = usedUp && refused.sent && (refused.status === null || (refused.status >= 200 && refused.status < 300));
    const pauseSeconds = pauseAfter(lease.failures + 1, seconds(refused.retryAfterMs), this.policy);
    return this.#postpone(lease, 'transient', { pauseSeconds, errorCode, counts: true, statusReason: null, keepIntent: wasOpen || unknown });
  }

  async #grantRefused(lease: Held, errorCode: string, usedDigest: string, outcomeUnknown: boolean): Promise<AttemptOutcome> {
    const secondsSinceFirstRefusal = lease.refusedTokenDigest === usedDigest ? lease.secondsSinceFirstRefusal : null;
    const verdict = judgeRefusal({ outcomeUnknown, secondsSinceSuccess: lease.secondsSinceSuccess, secondsSinceFirstRefusal }, this.policy);
    if (verdict.kind === 'broken') return this.#breakDown(lease, verdict.reason, errorCode);
    return this.#postpone(lease, 'unconfirmed', {
      pauseSeconds: verdict.inSeconds,
      errorCode,
      counts: false,
      statusReason: null,
      keepIntent: false,
      ...(verdict.first ? { refusedTokenDigest: usedDigest } : {}),
    });
  }

  /** It is tried again when as much time has passed once more, whatever this try failed for. */
  async #stillBroken(lease: Held, errorCode: string): Promise<AttemptOutcome> {
    await this.#insistFor(lease, () => this.settleProbe.stillBroken(lease, errorCode));
    return 'broken';
  }

  /** Our app is refused: an alert for the operator. It says nothing about the connection, which keeps its status. */
  async #misconfigured(lease: Held, what: string, errorCode: string, retryAfterSeconds: number | null = null): Promise<AttemptOutcome> {
    this.context.logger.error({ connectionId: lease.connectionId, connector: lease.connector, errorCode, what }, 'the connector is misconfigured');
    const pauseSeconds = pauseAfter(lease.failures + 1, retryAfterSeconds, this.policy);
    return this.#postpone(lease, 'misconfigured', { pauseSeconds, errorCode, counts: true, statusReason: 'connector_misconfigured', keepIntent: wasIntended(lease) });
  }

  async #postponeForNeighbour(lease: Held, error: unknown): Promise<AttemptOutcome> {
    this.context.logger.warn({ error, connectionId: lease.connectionId }, 'the OAuth app could not be read; the refresh waits');
    const { statusReason } = lease;
    return this.#postpone(lease, 'postponed', { pauseSeconds: awayPauseSeconds, errorCode: 'oauth_app_unavailable', counts: false, statusReason, keepIntent: wasIntended(lease) });
  }

  /** Its host has all the requests it may have. */
  #postponeForHost(lease: Held): Promise<AttemptOutcome> {
    const { statusReason } = lease;
    return this.#postpone(lease, 'postponed', { pauseSeconds: awayPauseSeconds, errorCode: 'host_busy', counts: false, statusReason, keepIntent: wasIntended(lease) });
  }

  /** The intent was noted but the request is not made: nothing is open on our account. */
  #notSent(lease: Held, usedDigest: string): Promise<AttemptOutcome> {
    const keepIntent = lease.openIntentDigest === usedDigest;
    return this.#postpone(lease, 'overtaken', { pauseSeconds: 0, errorCode: 'lease_too_old', counts: false, statusReason: lease.statusReason, keepIntent });
  }

  async #postpone(lease: Held, outcome: AttemptOutcome, left: Postponement): Promise<AttemptOutcome> {
    if (lease.status === 'broken') return this.#stillBroken(lease, left.errorCode);
    await this.#insistFor(lease, () => this.settle.postpone(lease, left));
    return outcome;
  }

  async #breakDown(lease: Held, reason: 'reauth_required' | 'refresh_outcome_unknown', errorCode: string): Promise<AttemptOutcome> {
    const broken = await this.#insistFor(lease, () => this.settle.breakDown(lease, reason, errorCode));
    if (!broken) return 'overtaken';
    this.context.logger.warn({ connectionId: lease.connectionId, connector: lease.connector, reason, errorCode }, 'the credential is broken; a person must connect again');
    return 'broken';
  }

  async #giveBack(lease: LeasedCredential, outcome: AttemptOutcome): Promise<AttemptOutcome> {
    await this.lease.giveBack(lease);
    return outcome;
  }

  #leaseEnd(lease: Held): number {
    return lease.heldUntil ?? lease.takenAt + this.context.config.refreshLeaseSeconds * 1_000;
  }

  /** What we know exists nowhere else: any error is met by trying again while the lease lasts. */
  #insistFor<Result>(lease: Held, write: () => Promise<Result>): Promise<Result> {
    const onVain = (error: unknown, attempt: number) =>
      this.context.logger.warn({ error, connectionId: lease.connectionId, attempt }, 'the outcome of a refresh could not be written yet');
    const end = this.#leaseEnd(lease);
    return insist({ untilMs: end, untilBackMs: end, onVain }, write);
  }
}

const seconds = (milliseconds: number | null): number | null => (milliseconds === null ? null : milliseconds / 1_000);
/** A request of an earlier holder is still open; ours was not sent, or was refused for a reason that says nothing about the token. */
const wasIntended = (lease: LeasedCredential): boolean => lease.openIntentDigest !== null;
