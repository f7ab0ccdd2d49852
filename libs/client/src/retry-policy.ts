import type { TrunklineError } from './trunkline-error.js';

export interface RetryOptions {
  /** How many more times a request is tried. Default 2; 0: never. */
  readonly retries: number;
  /** The longest wait between two tries, in milliseconds; who is told to wait longer is told so by an error at once. */
  readonly maxWaitMs: number;
}

/** Nothing was done, whatever the method: refused before anything happened. */
const nothingHappened = new Set(['RATE_LIMITED', 'CREDENTIAL_COOLDOWN']);
/** May have been done or not: worth another try where doing it twice changes nothing. */
const unclear = new Set(['SERVICE_UNAVAILABLE', 'PROVIDER_UNAVAILABLE', 'UNREACHABLE', 'TIMEOUT', 'HTTP_502', 'HTTP_503', 'HTTP_504']);

const firstPauseMs = 250;

/** How long to wait before the next try, in milliseconds; undefined: not to be tried again. Pure but for `random`, which is 0 to 1. */
export function pauseBefore(attempt: number, method: string, error: TrunklineError, retryAfterMs: number | undefined, options: RetryOptions, random: number): number | undefined {
  if (attempt >= options.retries) return undefined;
  if (!nothingHappened.has(error.code) && !(method === 'GET' && unclear.has(error.code))) return undefined;
  if (retryAfterMs !== undefined && retryAfterMs > options.maxWaitMs) return undefined;
  // Full jitter: clients that failed together do not come back together.
  const backoff = Math.min(firstPauseMs * 2 ** attempt, options.maxWaitMs) * random;
  return retryAfterMs === undefined ? backoff : Math.min(retryAfterMs + backoff, options.maxWaitMs);
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds or a date. */
export function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
