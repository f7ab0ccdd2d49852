/** Longest that an endpoint's Retry-After is taken at its word. */
const longestRetryAfterSeconds = 86_400;

/**
 * How long to wait after an attempt; null: that was the last one. Up to a fifth is added by chance, so that what failed together does not
 * come back together. An endpoint that names a time is not asked before.
 * @param tries attempts so far
 * @param chance from 0 to 1
 */
export function waitAfter(tries: number, schedule: readonly number[], chance: number, retryAfterSeconds: number | null): number | null {
  const pause = schedule[tries - 1];
  return pause === undefined ? null : Math.max(pause * (1 + chance / 5), retryAfterSeconds ?? 0);
}

/**
 * Retry-After in seconds (RFC 9110 §10.2.3): a number, or a date, which is compared with the answer's own Date, because the endpoint's
 * clock is the one it was made with. Null if there is none that can be read.
 */
export function retryAfterOf({ 'retry-after': value, date }: Readonly<Record<string, string>>, now: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value), longestRetryAfterSeconds);
  if (!/^[A-Z][a-z]{2}/.test(value)) return null;
  const [until, sent] = [Date.parse(value), Date.parse(date ?? '')];
  if (Number.isNaN(until)) return null;
  return Math.min(Math.max(0, (until - (Number.isNaN(sent) ? now : sent)) / 1_000), longestRetryAfterSeconds);
}
