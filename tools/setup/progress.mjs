import { oneLine } from '../infra/failure.mjs';

/**
 * @typedef {object} Progress
 * @property {<T>(title: string, body: (say: (text: string) => void) => Promise<T>) => Promise<T>} step announces a step and, when it is done, how long it took
 * @property {(text: string) => void} note one line in between
 */

/** Which step failed, for the closing report. */
const failedSteps = new WeakMap();

/**
 * Progress as plain lines, one when a step begins and one when it ends: readable in a terminal and in a log.
 * @param {(line: string) => void} [write] default: stdout
 * @returns {Progress}
 */
export function createProgress(write = (line) => process.stdout.write(`${line}\n`)) {
  const note = (/** @type {string} */ text) => write(`    ${text}`);
  return {
    note,
    step: async (title, body) => {
      const started = performance.now();
      const seconds = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`;
      write(`  … ${title}`);
      try {
        const result = await body(note);
        write(`  ✓ ${title} (${seconds()})`);
        return result;
      } catch (error) {
        write(`  ✗ ${title} (${seconds()})`);
        if (error instanceof Error && !failedSteps.has(error)) failedSteps.set(error, title);
        throw error;
      }
    },
  };
}

/**
 * @param {unknown} error
 * @returns {{ step: string, error: string }} the step that failed and why, in one line
 */
export function describeFailure(error) {
  const step = error instanceof Error ? failedSteps.get(error) : undefined;
  return { step: step ?? 'start', error: oneLine(error) };
}
