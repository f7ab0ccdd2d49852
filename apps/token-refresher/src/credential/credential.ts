import type { AuthMethodName, StatusReason } from '@trunkline/contracts';

/** A stored credential as it was read: every duration counted by the database's clock at that moment. */
export interface Credential {
  readonly connectionId: string;
  readonly platformId: string;
  /** Null: a connection of the platform. */
  readonly projectId: string | null;
  readonly connector: string;
  readonly type: AuthMethodName;
  readonly inputs: Readonly<Record<string, string>>;
  readonly sealed: Buffer;
  /** The only places the secret is sent to. */
  readonly allowedOrigins: readonly string[];
  readonly oauthAppId: string | null;
  readonly tokenType: string;
  readonly scopes: readonly string[];
  /** Counts stored values. */
  readonly version: number;
  readonly status: 'usable' | 'broken' | 'disabled';
  readonly statusReason: StatusReason | null;
  /** Whether the provider gives a new access token without the person. */
  readonly refreshable: boolean;
  readonly expiresAt: Date | null;
  /** Until the access token expires (negative: since); null: not known. */
  readonly secondsLeft: number | null;
  /** Of the access token, from issue to expiry. */
  readonly lifetimeSeconds: number | null;
  /** Its time for renewal has come. */
  readonly due: boolean;
  /** Until a refresh may be tried again; 0: now. */
  readonly cooldownSeconds: number;
  /** Since a refreshed token was stored; null: never. */
  readonly secondsSinceRefresh: number | null;
  readonly suspectTokenDigest: string | null;
}

/** Why a token cannot be handed out. */
export type Refusal =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'broken'; readonly reason: StatusReason }
  | { readonly kind: 'misconfigured' }
  | { readonly kind: 'cooldown'; readonly retryAfterSeconds: number };

/** What to do with a request for a token. */
export type Verdict =
  | { readonly kind: 'serve'; readonly refreshBehind: boolean; readonly warning: string | null }
  | { readonly kind: 'refresh-first'; readonly minimumSeconds: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

const serve = (warning: string | null = null, refreshBehind = false): Verdict => ({ kind: 'serve', refreshBehind, warning });
const refuse = (refusal: Refusal): Verdict => ({ kind: 'refuse', refusal });

/**
 * A caller that wants nearly the whole life of the token would have it renewed at every call; it gets what half the life offers instead.
 */
const greatestShareOfLife = 0.9;

/** The least remaining life that makes sense to insist on. */
export function reachableMinimum(credential: Pick<Credential, 'lifetimeSeconds'>, minimumSeconds: number): number {
  const { lifetimeSeconds } = credential;
  if (lifetimeSeconds === null || minimumSeconds <= lifetimeSeconds * greatestShareOfLife) return minimumSeconds;
  return lifetimeSeconds / 2;
}

/** True for the kinds that hold an access token; the others are handed out as the person gave them. */
export const expires = (type: AuthMethodName): boolean => type === 'OAUTH2' || type === 'JWT_BEARER';

/** True if the access token cannot be used any more, as far as the clock says. */
export const isExpired = (credential: Pick<Credential, 'secondsLeft'>): boolean => credential.secondsLeft !== null && credential.secondsLeft <= 0;

/** Why a refresh must not be tried now, or null. */
export function standsInTheWay(credential: Credential): Refusal | null {
  if (credential.status === 'disabled') return { kind: 'disabled' };
  if (credential.status === 'broken') return { kind: 'broken', reason: credential.statusReason ?? 'reauth_required' };
  if (credential.cooldownSeconds <= 0) return null;
  if (credential.statusReason === 'connector_misconfigured') return { kind: 'misconfigured' };
  return { kind: 'cooldown', retryAfterSeconds: Math.ceil(credential.cooldownSeconds) };
}

/**
 * The rule of the hot path: hand out what lives long enough, renew behind what is due, renew first what is not enough, and keep
 * serving a living token while its renewal fails.
 */
export function judge(credential: Credential, minimumSeconds: number): Verdict {
  const obstacle = standsInTheWay(credential);
  if (obstacle?.kind === 'disabled' || obstacle?.kind === 'broken') return refuse(obstacle);
  if (!expires(credential.type)) return serve();

  const minimum = reachableMinimum(credential, minimumSeconds);
  const enough = credential.secondsLeft === null || (credential.secondsLeft > 0 && credential.secondsLeft >= minimum);
  if (enough) {
    const shortfall = credential.secondsLeft !== null && credential.secondsLeft < minimumSeconds;
    if (!credential.due || !credential.refreshable) return serve(shortfall ? shortLife(credential) : null);
    return obstacle === null ? serve(shortfall ? shortLife(credential) : null, true) : serve(notRenewed(credential));
  }
  const lives = !isExpired(credential);
  if (lives && !credential.refreshable) return serve(shortLife(credential));
  if (obstacle !== null) return lives ? serve(notRenewed(credential)) : refuse(obstacle);
  return { kind: 'refresh-first', minimumSeconds: minimum };
}

/**
 * The same rule after a refresh was tried and did not help: a token that still lives is handed out, with a word of warning.
 */
export function judgeAfterRefresh(credential: Credential, minimumSeconds: number): Verdict {
  const verdict = judge(credential, minimumSeconds);
  if (verdict.kind !== 'refresh-first') return verdict;
  return isExpired(credential) ? verdict : serve(notRenewed(credential));
}

const whole = (seconds: number | null): number => Math.max(0, Math.floor(seconds ?? 0));
const shortLife = (credential: Credential) => `The token lives for another ${whole(credential.secondsLeft)} seconds and cannot be made to live longer.`;
const notRenewed = (credential: Credential) =>
  credential.secondsLeft === null
    ? 'The token could not be renewed just now; it is tried again.'
    : `The token could not be renewed just now and lives for another ${whole(credential.secondsLeft)} seconds; it is tried again.`;
