import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, recognise } from '../infra/failure.mjs';
import { startGuarded } from '../infra/guarded-process.mjs';
import { lastError } from '../infra/last-error.mjs';
import { readSince, rotate, sizeOf } from '../infra/log-file.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';

/** What only our own services have on their command line. */
export const applicationMarker = join('apps', 'all-in-one', 'dist', 'main.js');
/** Longest graceful stop: what the services themselves allow, and a little. */
export const applicationStopMs = 27_000;
const readyBoundMs = 120_000;

/**
 * Starts all services in one process and waits until they say that they are ready.
 * @param {{ environment: NodeJS.ProcessEnv, port: number, log: string, pidFile: string, say: (line: string) => void, root?: string }} options
 * @returns {Promise<import('../infra/guarded-process.mjs').Guarded>}
 * @throws Failure with the last error of their log if they end, or with what is missing if they do not become ready
 */
export async function startApplication({ environment, port, log, pidFile, say, root = repositoryRoot }) {
  const main = join(root, applicationMarker);
  if (!existsSync(main)) throw new Failure(`${applicationMarker} is missing although everything was built: is the project apps/all-in-one complete?`);
  rotate(log);
  const offset = sizeOf(log);
  const application = await startGuarded({
    name: 'Trunkline',
    command: process.execPath,
    args: [main],
    cwd: root,
    env: environment,
    logFile: log,
    pidFile,
    stopBoundMs: applicationStopMs,
    holdStdin: true,
  });
  try {
    await untilReady(application, { port, say, lastWords: () => lastError(readSince(log, offset)) });
    return application;
  } catch (error) {
    const ending = await application.stop();
    if (!(error instanceof EndedEarly)) throw error;
    const lines = readSince(log, offset);
    const why = recognise(lines.join('\n')) ?? lastError(lines) ?? `exit code ${ending.code}, no word in the log`;
    throw new Failure(`The services ended while they were starting: ${why.split('\n').map((line) => line.trim()).join(' ')} (log: ${log})`);
  }
}

class EndedEarly extends Error {}

/**
 * @param {import('../infra/guarded-process.mjs').Guarded} application
 * @param {{ port: number, say: (line: string) => void, lastWords: () => string | null }} options
 */
async function untilReady(application, { port, say, lastWords }) {
  let ended = false;
  void application.ended.then(() => {
    ended = true;
  });
  const started = Date.now();
  let told = 0;
  for (;;) {
    if (ended) throw new EndedEarly();
    const readiness = await askReadiness(port);
    if (readiness === null) return;
    const missing = () => [readiness, lastWords()].filter((words) => words !== null).join('; ');
    const waited = Date.now() - started;
    if (waited > readyBoundMs) throw new Failure(`The services did not become ready within ${readyBoundMs / 1_000} s: ${missing()}.`);
    if (waited - told > 10_000) {
      told = waited;
      say(`not ready after ${Math.round(waited / 1_000)} s: ${missing()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * @param {number} port
 * @returns {Promise<string | null>} null when ready, else what is missing
 */
async function askReadiness(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    if (response.status === 200) return null;
    const { checks = {} } = /** @type {{ checks?: Record<string, string> }} */ (await response.json());
    const down = Object.entries(checks).filter(([, state]) => state !== 'ok').map(([name, state]) => `${name} ${state}`);
    return down.length > 0 ? down.join(', ') : `status ${response.status}`;
  } catch {
    return 'they do not answer yet';
  }
}
