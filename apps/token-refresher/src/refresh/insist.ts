import { setTimeout as pause } from 'node:timers/promises';
import { isOutage } from '@trunkline/messaging';

const firstPauseMs = 50;
const longestPauseMs = 2_000;

export interface Patience {
  /** `performance.now()` until which any error is met by trying again. */
  readonly untilMs: number;
  /** The same for errors that say that the database is away. */
  readonly untilBackMs: number;
  /** Told of every vain try. */
  readonly onVain: (error: unknown, attempt: number) => void;
}

/** Writes again and again what exists nowhere but in this process. @throws the last error when patience has ended */
export async function insist<Result>(patience: Patience, write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt) * (0.5 + Math.random() / 2);
      const until = isOutage(error) ? patience.untilBackMs : patience.untilMs;
      if (performance.now() + pauseMs > until) throw error;
      patience.onVain(error, attempt);
      await pause(pauseMs);
    }
  }
}
