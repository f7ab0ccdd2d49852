import type { OauthCredential } from '@trunkline/contracts';

const tenYears = 315_360_000;
/** Before September 2001 in milliseconds, after the year 5000 in seconds. */
const leastMilliseconds = 1_000_000_000_000;

/** What is believed of the life of a token that somebody else obtained. */
export interface BelievedLife {
  /** From now on, in whole seconds; null: not known. */
  readonly expiresInSeconds: number | null;
  /** By what the client says it has died already. */
  readonly probablyDead: boolean;
}

/**
 * `expiresIn` and `claimedAt` are a client's word: they can shorten a token's life from what it says, never lengthen it beyond what it
 * would be if it had been issued this very moment. Pure.
 * @param now milliseconds since 1970, by our own clock
 */
export function believedLife({ expiresIn, claimedAt }: Pick<OauthCredential, 'expiresIn' | 'claimedAt'>, now: number): BelievedLife {
  if (expiresIn === undefined || !Number.isFinite(expiresIn) || expiresIn < 1) return { expiresInSeconds: null, probablyDead: false };
  const claimedMs = claimedAt === undefined || !Number.isFinite(claimedAt) || claimedAt <= 0 ? now : claimedAt < leastMilliseconds ? claimedAt * 1_000 : claimedAt;
  const ageSeconds = Math.max(0, (now - claimedMs) / 1_000);
  const left = Math.floor(Math.min(expiresIn, tenYears) - ageSeconds);
  return left < 1 ? { expiresInSeconds: null, probablyDead: true } : { expiresInSeconds: left, probablyDead: false };
}

/** RFC 6749 §7.1: Bearer unless something else that looks like a type is said. */
export const tokenTypeOf = (tokenType: string | undefined): string => (tokenType !== undefined && /^[\w-]{1,64}$/.test(tokenType) ? tokenType : 'Bearer');

