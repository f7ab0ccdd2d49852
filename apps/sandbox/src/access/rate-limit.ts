import { ApiError } from '../http/api-error.js';
import type { Settings } from '../settings.js';

/** Counts requests of each credential in fixed windows that begin with its first request. */
export class RateLimit {
  readonly #windows = new Map<string, { until: number; used: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts one request. Returns the headers that tell how much is left; throws a 429 with Retry-After when nothing is. */
  take(credential: string, limit: Settings['rateLimit']): Record<string, string> {
    if (!limit) return {};
    const now = this.#now();
    let window = this.#windows.get(credential);
    if (!window || window.until <= now) {
      window = { until: now + limit.perSeconds * 1000, used: 0 };
      this.#windows.set(credential, window);
      if (this.#windows.size > 10_000) this.#dropOld(now);
    }
    window.used += 1;
    // Retry-After is in whole seconds (RFC 9110 section 10.2.3); rounded up, so that whoever waits that long gets through.
    const seconds = Math.max(1, Math.ceil((window.until - now) / 1000));
    const headers = {
      'x-ratelimit-limit': String(limit.requests),
      'x-ratelimit-remaining': String(Math.max(0, limit.requests - window.used)),
      'x-ratelimit-reset': String(seconds),
    };
    if (window.used > limit.requests) {
      throw new ApiError(429, 'rate_limited', `At most ${limit.requests} requests in ${limit.perSeconds} s; try again in ${seconds} s.`, {
        ...headers,
        'retry-after': String(seconds),
      });
    }
    return headers;
  }

  /** Forgets all windows: used when the limit changes. */
  reset(): void {
    this.#windows.clear();
  }

  #dropOld(now: number): void {
    for (const [credential, window] of this.#windows) if (window.until <= now) this.#windows.delete(credential);
  }
}
