import { Inject, Injectable } from '@nestjs/common';
import { requestToken, type GrantedTokens, type RefusedTokens, type Target, type TokenOutcome } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import { counter, histogram, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { TokenRefresherConfig } from '../config.js';
import { isExpired } from '../credential/credential.js';
import { CredentialSeal } from '../credential/credential-seal.js';
import { digestOf, hasAccessToken, type TokenMembers } from '../credential/secret-members.js';
import { EGRESS } from '../provider/egress.js';
import { grantDigest, isUsedUp } from '../provider/renewal-grant.js';
import { extentOfLate } from '../revocation/late-token.js';
import { RevocationQueue } from '../revocation/revocation-queue.js';
import { isMet, type Demand } from './demand.js';
import { insist } from './insist.js';
import { OauthAppCache } from './oauth-app-cache.js';
import { REFRESH_POLICY } from './policy-from-config.js';
import { PrepareRequest, type Prepared } from './prepare-request.js';
import { RefreshLease, type LeasedCredential } from './refresh-lease.js';
import { judgeRefusal, pauseAfter, scheduleOf, type RefreshPolicy } from './refresh-policy.js';
import { SettleRefresh, type CommitOutcome, type NewValue, type Postponement } from './settle-refresh.js';

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
 * | `lost` | a token came and could not be stored; the open intent tells the next holder |
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

/** What is known about a request once its answer is there. */
interface Sent {
  readonly target: Target;
  readonly intentId: string;
  /** Digest of the refresh token that was used. */
  readonly usedDigest: string;
  /** Whether a request that got no answer may have cost the grant. */
  readonly usedUp: boolean;
  /** `performance.now()` when the answer was there. */
  readonly receivedAt: number;
  /** The access token a provider rejected, if that is why we refresh. */
  readonly rejectedDigest: string | null;
}

/** How long an answer that could not be stored is kept in memory and tried again. The fence makes a late write harmless. */
const commitPatienceMs = 10 * 60_000;
/** A neighbour of ours (not the provider) did not answer: soon again, without blaming the connection. */
const awayPauseSeconds = 5;
/** What storing the answer may take. */
const storeMs = 2_000;
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
    @Inject(PrepareRequest) private readonly preparation: PrepareRequest,
    @Inject(SettleRefresh) private readonly settle: SettleRefresh,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(OauthAppCache) private readonly apps: OauthAppCache,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(RevocationQueue) private readonly revocations: RevocationQueue,
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

    const prepared = await this.preparation.prepare(lease, members);
    if ('away' in prepared) return this.#postponeForNeighbour(lease, prepared.away);
    if ('misconfigured' in prepared) return this.#misconfigured(lease, prepared.misconfigured, 'not_sent');

    const usedDigest = grantDigest(prepared.grant);
    const intentId = await this.lease.intend(lease, usedDigest, this.#neededMs / 1_000);
    if (intentId === undefined) return this.#giveBack(lease, 'overtaken');
    // Paused (SIGSTOP, a sleeping machine) since then? Another may hold the lease by now and have used this very refresh token.
    if (performance.now() + this.#neededMs > this.#leaseEnd(lease)) return this.#notSent(lease, usedDigest);

    const outcome = await this.#ask(prepared);
    const rejectedDigest = demand.kind === 'rejected' ? demand.tokenDigest : null;
    const sent: Sent = { target: prepared.target, intentId, usedDigest, usedUp: isUsedUp(prepared.grant), receivedAt: performance.now(), rejectedDigest };
    return outcome.kind === 'granted' ? this.#store(lease, members, outcome, sent) : this.#refused(lease, outcome, sent);
  }

  async #open(lease: LeasedCredential): Promise<TokenMembers> {
    const members = await this.seal.open(lease);
    if (!hasAccessToken(members)) throw new Error(`The credential of ${lease.connectionId} is of the kind ${members.type}: there is nothing to refresh`);
    return members;
  }

  /** What must be left of the lease when the request is sent: the longest request, and a moment to store its answer. */
  get #neededMs(): number {
    return this.context.config.refreshHttpDeadlineMs + storeMs;
  }

  /** No failure of the request may get past here: by now the refresh token may be used up. */
  async #ask({ target, app, grant }: Prepared): Promise<TokenOutcome> {
    try {
      return await requestToken({ ...target, egress: this.egress, app, grant, timeoutMs: this.context.config.refreshHttpDeadlineMs });
    } catch (error) {
      this.context.logger.error({ error, connector: target.connector.id }, 'a token request ended in a way nobody expected');
      return { kind: 'refused', class: 'transient', error: 'unexpected', status: null, retryAfterMs: null, sent: true, message: 'unexpected' };
    }
  }

  async #store(lease: LeasedCredential, old: TokenMembers, granted: GrantedTokens, sent: Sent): Promise<AttemptOutcome> {
    const members = renewed(old, granted);
    let outcome: CommitOutcome;
    try {
      outcome = await this.#insistFor(lease, sent.receivedAt + commitPatienceMs, async () => this.settle.commit(lease, await this.#newValue(lease, members, granted, sent)));
    } catch (error) {
      this.context.logger.error({ error, connectionId: lease.connectionId, connector: lease.connector }, 'a new token could not be stored');
      return 'lost';
    }
    if (outcome === 'stored') {
      if (lease.secondsLeft !== null) this.#timeToExpiry.observe({ connector: lease.connector }, lease.secondsLeft - (performance.now() - lease.takenAt) / 1_000);
      this.context.logger.debug({ connectionId: lease.connectionId, connector: lease.connector }, 'refreshed');
      return 'refreshed';
    }
    await this.#dropLate(lease, members, outcome, sent.target);
    return outcome;
  }

  async #newValue(lease: LeasedCredential, members: TokenMembers, granted: GrantedTokens, sent: Sent): Promise<NewValue> {
    const cameBack = digestOf(granted.accessToken.reveal()) === sent.rejectedDigest;
    return {
      intentId: sent.intentId,
      sealed: await this.seal.seal(lease, members),
      tokenType: granted.tokenType,
      scopes: granted.scopes ?? lease.scopes,
      schedule: scheduleOf({ expiresInSeconds: granted.expiresInSeconds, refreshable: true, id: lease.connectionId }, this.policy),
      ageSeconds: () => (granted.ageMs + performance.now() - sent.receivedAt) / 1_000,
      suspectTokenDigest: cameBack ? sent.rejectedDigest : null,
    };
  }

  /** A token that came too late is never stored; what of it is revoked is {@link extentOfLate}'s to say. */
  async #dropLate(lease: LeasedCredential, members: TokenMembers, outcome: 'overtaken' | 'deleted', { connector }: Target): Promise<void> {
    const extent = extentOfLate(outcome, connector, members.type);
    this.context.logger.warn(
      { connectionId: lease.connectionId, connector: lease.connector, reason: outcome, revoked: extent ?? 'nothing' },
      'a token came too late and is not stored',
    );
    if (extent === null) return;
    await this.#insistFor(lease, performance.now() + commitPatienceMs, async () =>
      this.revocations.add({ ...lease, sealed: await this.seal.seal(lease, members), extent }),
    );
  }

  async #refused(lease: LeasedCredential, refused: RefusedTokens, { usedDigest, usedUp }: Sent): Promise<AttemptOutcome> {
    const wasOpen = usedUp && lease.openIntentDigest === usedDigest;
    const errorCode = refused.error ?? (refused.status === null ? 'no_answer' : `http_${refused.status}`);
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

  async #grantRefused(lease: LeasedCredential, errorCode: string, usedDigest: string, outcomeUnknown: boolean): Promise<AttemptOutcome> {
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

  /** Our app is refused: an alert for the operator. It says nothing about the connection, which keeps its status. */
  async #misconfigured(lease: LeasedCredential, what: string, errorCode: string, retryAfterSeconds: number | null = null): Promise<AttemptOutcome> {
    this.context.logger.error({ connectionId: lease.connectionId, connector: lease.connector, errorCode, what }, 'the connector is misconfigured');
    const pauseSeconds = pauseAfter(lease.failures + 1, retryAfterSeconds, this.policy);
    return this.#postpone(lease, 'misconfigured', { pauseSeconds, errorCode, counts: true, statusReason: 'connector_misconfigured', keepIntent: wasIntended(lease) });
  }

  async #postponeForNeighbour(lease: LeasedCredential, error: unknown): Promise<AttemptOutcome> {
    this.context.logger.warn({ error, connectionId: lease.connectionId }, 'the OAuth app could not be read; the refresh waits');
    const { statusReason } = lease;
    return this.#postpone(lease, 'postponed', { pauseSeconds: awayPauseSeconds, errorCode: 'oauth_app_unavailable', counts: false, statusReason, keepIntent: wasIntended(lease) });
  }

  /** The intent was noted but the request is not made: nothing is open on our account. */
  #notSent(lease: LeasedCredential, usedDigest: string): Promise<AttemptOutcome> {
    const keepIntent = lease.openIntentDigest === usedDigest;
    return this.#postpone(lease, 'overtaken', { pauseSeconds: 0, errorCode: 'lease_too_old', counts: false, statusReason: lease.statusReason, keepIntent });
  }

  async #postpone(lease: LeasedCredential, outcome: AttemptOutcome, left: Postponement): Promise<AttemptOutcome> {
    await this.#insistFor(lease, this.#leaseEnd(lease), () => this.settle.postpone(lease, left));
    return outcome;
  }

  async #breakDown(lease: LeasedCredential, reason: 'reauth_required' | 'refresh_outcome_unknown', errorCode: string): Promise<AttemptOutcome> {
    const broken = await this.#insistFor(lease, this.#leaseEnd(lease), () => this.settle.breakDown(lease, reason, errorCode));
    if (!broken) return 'overtaken';
    this.context.logger.warn({ connectionId: lease.connectionId, connector: lease.connector, reason, errorCode }, 'the credential is broken; a person must connect again');
    return 'broken';
  }

  async #giveBack(lease: LeasedCredential, outcome: AttemptOutcome): Promise<AttemptOutcome> {
    await this.lease.giveBack(lease);
    return outcome;
  }

  #leaseEnd(lease: LeasedCredential): number {
    return lease.takenAt + this.context.config.refreshLeaseSeconds * 1_000;
  }

  /** What we know exists nowhere else. Any error is met by trying again while the lease lasts, an outage for longer. */
  #insistFor<Result>(lease: LeasedCredential, untilBackMs: number, write: () => Promise<Result>): Promise<Result> {
    const onVain = (error: unknown, attempt: number) =>
      this.context.logger.warn({ error, connectionId: lease.connectionId, attempt }, 'the outcome of a refresh could not be written yet');
    return insist({ untilMs: this.#leaseEnd(lease), untilBackMs, onVain }, write);
  }
}

/** RFC 6749 §6: an answer without a refresh token means that the one used stays valid. After an assertion there should be none (RFC 7521 §4.1). */
const renewed = (old: TokenMembers, { accessToken, refreshToken }: GrantedTokens): TokenMembers =>
  old.type === 'OAUTH2' ? { type: 'OAUTH2', accessToken, refreshToken: refreshToken ?? old.refreshToken } : { ...old, accessToken };

const seconds = (milliseconds: number | null): number | null => (milliseconds === null ? null : milliseconds / 1_000);
/** A request of an earlier holder is still open; ours was not sent, or was refused for a reason that says nothing about the token. */
const wasIntended = (lease: LeasedCredential): boolean => lease.openIntentDigest !== null;
