/** npm passes Ctrl-C on although the terminal has sent it already: two signals this close are one wish. */
const sameWishMs = 1_000;

/** What leans on something is stopped before it. */
export const ranks = { database: 1, bus: 2, application: 3 };

/**
 * @typedef {{ rank: number, name: string, stop: (options?: { now?: boolean }) => Promise<unknown> }} Stoppable
 * @typedef {object} StopOrder
 * @property {(part: Stoppable) => void} add the part with the highest rank is stopped first
 * @property {() => Promise<void>} stopAll stops everything, once; safe to call again
 * @property {() => void} hurry kills what is being stopped just now, and whatever comes after it
 */

/**
 * @param {(line: string) => void} note
 * @returns {StopOrder}
 */
export function createStopOrder(note) {
  /** @type {Stoppable[]} */
  const parts = [];
  /** @type {Stoppable | undefined} */
  let current;
  /** @type {Promise<void> | undefined} */
  let stopping;
  return {
    add: (part) => {
      parts.push(part);
      parts.sort((a, b) => a.rank - b.rank);
    },
    hurry: () => {
      if (current === undefined) return;
      note(`not waiting for ${current.name}`);
      void current.stop({ now: true });
    },
    stopAll: () =>
      (stopping ??= (async () => {
        for (;;) {
          current = parts.pop();
          if (current === undefined) return;
          const started = performance.now();
          await current.stop();
          const ms = performance.now() - started;
          if (ms > 1_000) note(`${current.name} stopped (${(ms / 1_000).toFixed(1)} s)`);
        }
      })()),
  };
}

/**
 * Calls `first` for the first signal to end and `further` for each later one.
 * @param {{ first: (signal: NodeJS.Signals) => void, further: () => void }} handlers
 */
export function onEndSignals({ first, further }) {
  let last = 0;
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      const now = Date.now();
      if (last === 0) first(signal);
      else if (now - last > sameWishMs) further();
      else return;
      last = now;
    });
  }
}
