/** How often and how long failures without progress are borne. */
export interface RetryLimits {
  readonly maxAttempts: number;
  readonly maxRetrySeconds: number;
}

export interface Failing {
  /** Failures in a row, this one included. */
  readonly attempts: number;
  /** Time since the first of them, in seconds. */
  readonly failingForSeconds: number;
}

const baseMs = 2_000;
const ceilingMs = 300_000;
const hourMs = 3_600_000;
/** For failures nobody counts: long enough not to spin, short enough not to be noticed. */
export const outagePauseMs = 3_000;

/**
 * How long to leave a task alone after a failure, in milliseconds; null to give it up. Doubles from two seconds to five minutes, half
 * of it by chance so that streams that failed together do not come back together; a wait the provider asked for is kept to, up to an
 * hour.
 */
export function waitAfterFailure(failing: Failing, limits: RetryLimits, askedMs: number | null, random: () => number = Math.random): number | null {
  if (failing.attempts >= limits.maxAttempts) return null;
  const doubled = Math.min(ceilingMs, baseMs * 2 ** (failing.attempts - 1));
  const waitMs = Math.max(Math.round(doubled * (0.5 + random() / 2)), Math.min(askedMs ?? 0, hourMs));
  return failing.failingForSeconds + waitMs / 1_000 > limits.maxRetrySeconds ? null : waitMs;
}
