import { startTestInfra } from '../infra/test-infra.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { startGuarded } from '../infra/guarded-process.mjs';
import { onEndSignals } from '../start/stop-order.mjs';

/**
 * @typedef {object} Bench what a body gets
 * @property {(name: string, args: readonly string[], extra?: NodeJS.ProcessEnv) => Promise<number>} runNode runs Node with the addresses in its environment;
 *   answers with the exit code. It and all of its descendants are gone afterwards.
 * @property {() => boolean} interrupted
 */

/**
 * Starts the private PostgreSQL, finds nats-server, runs the body and cleans up, on Ctrl-C too.
 * @template T
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {{ durable?: boolean }} options
 * @param {(bench: Bench) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withTestInfra(progress, { durable }, body) {
  let interrupted = false;
  /** @type {import('../infra/guarded-process.mjs').Guarded | null} */
  let running = null;
  onEndSignals({
    first: () => {
      interrupted = true;
      void running?.stop();
    },
    further: () => void running?.stop({ now: true }),
  });
  const infra = await progress.step('Starting a private PostgreSQL', (say) => startTestInfra({ durable, onProgress: say }));
  try {
    return await body({
      interrupted: () => interrupted,
      runNode: async (name, args, extra) => {
        if (interrupted) return 130;
        const env = { ...process.env, TRUNKLINE_TEST_DATABASE_URL: infra.databaseUrl, TRUNKLINE_TEST_NATS_SERVER: infra.natsServer, ...extra };
        running = await startGuarded({ name, command: process.execPath, args, cwd: repositoryRoot, env, group: true, stopSignal: 'SIGTERM', stopBoundMs: 5_000 });
        // The signal may have come while it was being started.
        if (interrupted) void running.stop();
        const { code } = await running.ended;
        running = null;
        return interrupted ? 130 : (code ?? 1);
      },
    });
  } finally {
    await infra.stop();
  }
}
