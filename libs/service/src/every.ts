import type { Logger } from './logger.js';

export interface Loop {
  /** Runs the body as soon as it is free, without waiting for the interval. */
  nudge(): void;
  /** No further round starts; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * The one loop helper: runs `body`, waits `intervalMs`, runs it again. Rounds never overlap, an error is logged and the loop goes on.
 * A body that returns `'again'` had more to do and is run again at once.
 */
export function every(intervalMs: number, name: string, logger: Logger, body: () => Promise<void | 'again'>): Loop {
  let stopped = false;
  let nudged = false;
  let wake: (() => void) | undefined;

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, intervalMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const rounds = (async () => {
    while (!stopped) {
      nudged = false;
      let again = false;
      try {
        again = (await body()) === 'again';
      } catch (error) {
        logger.error({ error, loop: name }, 'a round of the loop failed; it goes on');
        nudged = false;
      }
      if (stopped || again || nudged) continue;
      await pause();
      wake = undefined;
    }
  })();

  return {
    nudge() {
      nudged = true;
      wake?.();
    },
    async stop() {
      stopped = true;
      wake?.();
      await rounds;
    },
  };
}
