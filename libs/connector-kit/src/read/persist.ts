import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../provider-error.js';

const attempts = 3;
/** What may be waited for here. Longer waits are the caller's: a worker must not sleep on a page. */
const longestWaitMs = 5_000;

/**
 * How long to wait before trying a page again, null not to. An answer that could not be read is worth another try (it was cut short
 * or came from something in between), one that was read and is not as described is not. Pure but for the dice of the jitter.
 */
export function waitBefore(error: ProviderError, attempt: number, random: () => number = Math.random): number | null {
  const passing = error.kind === 'unavailable' || error.kind === 'rate_limited' || (error.kind === 'malformed' && error.status !== null);
  if (!passing || attempt >= attempts) return null;
  if (error.retryAfterMs !== null) return error.retryAfterMs <= longestWaitMs ? error.retryAfterMs : null;
  const base = error.kind === 'rate_limited' ? 1_000 : 200;
  return Math.round(base * 2 ** (attempt - 1) * (0.5 + random() / 2));
}

/** Does it, again if it is worth it. An abort ends the waiting at once. */
export async function persist<Result>(attempt: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const wait = error instanceof ProviderError ? waitBefore(error, tried) : null;
      if (wait === null) throw error;
      await delay(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
