/**
 * A part of the installation that runs as a process.
 * @typedef {object} Part
 * @property {number} pid
 * @property {Promise<unknown>} ended
 * @property {(options?: { now?: boolean }) => Promise<unknown>} stop
 */

const tries = 5;
const withinMs = 60_000;

/**
 * Keeps a part running: starts it again, with the same settings, when it ends although nobody stopped it.
 * @template {Part} P
 * @param {object} options
 * @param {string} options.name
 * @param {P} options.first the part, already running
 * @param {(previous: P) => Promise<P>} options.again starts it anew
 * @param {(line: string) => void} options.note
 * @param {(error: unknown) => void} options.giveUp told when it does not stay up: five ends within a minute, or a start that fails
 * @returns {{ stop: (options?: { now?: boolean }) => Promise<void> }}
 */
export function keepRunning({ name, first, again, note, giveUp }) {
  let part = first;
  let stopped = false;
  /** @type {number[]} */
  let ends = [];

  const watch = (async () => {
    while (!stopped) {
      await part.ended;
      if (stopped) return;
      ends = [...ends.filter((moment) => moment > Date.now() - withinMs), Date.now()];
      if (ends.length >= tries) return giveUp(new Error(`${name} ended ${tries} times within a minute`));
      note(`${name} ended unexpectedly; starting it again`);
      try {
        part = await again(part);
        note(`${name} runs again`);
      } catch (error) {
        if (!stopped) giveUp(error);
        return;
      }
      // Asked to stop while it was on its way up.
      if (stopped) await part.stop();
    }
  })();

  return {
    stop: async (options) => {
      stopped = true;
      await part.stop(options);
      await watch;
    },
  };
}
