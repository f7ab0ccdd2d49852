import { createHash } from 'node:crypto';

/** When a token is renewed and how long to wait after a failure. All durations in seconds unless the name says otherwise. */
export interface RefreshPolicy {
  /** Largest margin before expiry at which a token is renewed. */
  readonly marginMaxSeconds: number;
  /** Smallest margin; tokens that live less than twice as long are renewed at half their life. */
  readonly marginMinSeconds: number;
  /** Connections that expire together are spread over this long. */
  readonly jitterSeconds: number;
  /** A refresh token is used at least this often, so that providers do not expire it for idleness (CORRECTNESS H6). */
  readonly idleSeconds: number;
  /** First and longest pause after a failed refresh. */
  readonly backoffMinSeconds: number;
  readonly backoffMaxSeconds: number;
  /** `invalid_grant` this soon after a success is believed only when it is repeated … */
  readonly doubtSeconds: number;
  /** … at least this much later (CORRECTNESS H3). */
  readonly confirmSeconds: number;
}

/** Nobody's token lives longer; it also keeps the expiry inside what Postgres and JSON dates can hold. */
const longestLifeSeconds = 10 * 365 * 86_400;
const retryAfterRange = { min: 1, max: 3_600 };
/** How much of the idle period connections are spread over: used between 18 and 24 hours after the last time. */
const idleSpread = 0.25;
/** A pause is up to a quarter longer, so that connections that failed together do not come back together. */
const backoffJitter = 0.25;

/**
 * How long an access token lives, in seconds, or null if that is not known. A provider that says 0, a negative number or no number at all
 * has said nothing: taken literally, every read would renew the token at once.
 */
export function lifetimeOf(expiresInSeconds: number | null): number | null {
  if (expiresInSeconds === null || !Number.isFinite(expiresInSeconds) || expiresInSeconds <= 0) return null;
  return Math.min(expiresInSeconds, longestLifeSeconds);
}

/** A number in [0, 1) that is always the same for an id, and unrelated for two ids or two purposes. */
export function spread(id: string, purpose: string): number {
  return createHash('sha256').update(`${purpose}\0${id}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** From which life on a token is long-lived, and how long before its end it is renewed at least: time for a person to mend what stands in the way. */
const longLived = { fromSeconds: 14 * 86_400, marginSeconds: 7 * 86_400 };

/** How long before its expiry a token is renewed: min(15 min, max(30 s, half the life)) and a jitter; for short tokens half the life, for long-lived ones a week. */
export function marginOf(lifetimeSeconds: number, id: string, policy: RefreshPolicy): number {
  const half = lifetimeSeconds / 2;
  if (half < policy.marginMinSeconds) return half;
  // At most a quarter of the life, so that margin and jitter together never eat the whole of it.
  const jitter = spread(id, 'margin') * Math.min(policy.jitterSeconds, lifetimeSeconds / 4);
  const margin = Math.min(policy.marginMaxSeconds, half);
  return (lifetimeSeconds > longLived.fromSeconds ? Math.max(margin, longLived.marginSeconds) : margin) + jitter;
}

/** What is known of a token once it is there, counted in seconds from the moment the provider issued it. */
export interface TokenSchedule {
  /** Null: unknown. */
  readonly lifetimeSeconds: number | null;
  /** When the sweep looks at it; null: never. */
  readonly dueInSeconds: number | null;
}

export function scheduleOf(token: { expiresInSeconds: number | null; refreshable: boolean; id: string }, policy: RefreshPolicy): TokenSchedule {
  const lifetimeSeconds = lifetimeOf(token.expiresInSeconds);
  // A token that cannot be renewed is looked at when it dies: that is when its connection must say so.
  if (!token.refreshable) return { lifetimeSeconds, dueInSeconds: lifetimeSeconds };
  const idle = policy.idleSeconds * (1 - idleSpread * spread(token.id, 'idle'));
  const beforeExpiry = lifetimeSeconds === null ? Infinity : lifetimeSeconds - marginOf(lifetimeSeconds, token.id, policy);
  return { lifetimeSeconds, dueInSeconds: Math.min(beforeExpiry, idle) };
}

/**
 * Pause before the next try after so many failures in a row (1: the first). The provider's own Retry-After counts if it gave one, within
 * bounds: neither a hammer nor a week's silence. One that goes on failing is asked ever more rarely all the same, however soon it says it
 * will be back.
 */
export function pauseAfter(failures: number, retryAfterSeconds: number | null, policy: RefreshPolicy, random: () => number = Math.random): number {
  if (retryAfterSeconds === null || !Number.isFinite(retryAfterSeconds)) return backoff(failures, policy, random);
  const asked = Math.min(retryAfterRange.max, Math.max(retryAfterRange.min, retryAfterSeconds));
  return failures <= 1 ? asked : Math.max(asked, backoff(failures - 1, policy, random));
}

function backoff(failures: number, policy: RefreshPolicy, random: () => number): number {
  const doubled = policy.backoffMinSeconds * 2 ** Math.min(Math.max(failures, 1) - 1, 30);
  const jitter = 1 + backoffJitter * random();
  return Math.min(doubled, policy.backoffMaxSeconds / (1 + backoffJitter)) * jitter;
}

/** What an `invalid_grant` means, given what is known (all by the database's clock). */
export interface Refusal {
  /** A request with this very refresh token was sent before and its outcome never came to be known. */
  readonly outcomeUnknown: boolean;
  /** Since the last time this credential was known to be good. */
  readonly secondsSinceSuccess: number;
  /** Since the first refusal of this very refresh token; null: this is the first. */
  readonly secondsSinceFirstRefusal: number | null;
}
export type RefusalVerdict =
  | { readonly kind: 'broken'; readonly reason: 'reauth_required' | 'refresh_outcome_unknown' }
  | { readonly kind: 'ask-again'; readonly inSeconds: number; readonly first: boolean };

/** CORRECTNESS H2 (5) and H3: one refusal is not always the truth, and the reason tells the person what happened. */
export function judgeRefusal(refusal: Refusal, policy: RefreshPolicy): RefusalVerdict {
  if (refusal.outcomeUnknown) return { kind: 'broken', reason: 'refresh_outcome_unknown' };
  if (refusal.secondsSinceFirstRefusal !== null) {
    const left = policy.confirmSeconds - refusal.secondsSinceFirstRefusal;
    return left <= 0 ? { kind: 'broken', reason: 'reauth_required' } : { kind: 'ask-again', inSeconds: left, first: false };
  }
  if (refusal.secondsSinceSuccess < policy.doubtSeconds) return { kind: 'ask-again', inSeconds: policy.confirmSeconds, first: true };
  return { kind: 'broken', reason: 'reauth_required' };
}
