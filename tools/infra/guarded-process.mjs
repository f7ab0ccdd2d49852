import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Failure, recognise } from './failure.mjs';
import { endProcess, identify, isRunning } from './process-identity.mjs';

const guard = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/**
 * @typedef {object} GuardedOptions
 * @property {string} name how it is called in messages
 * @property {string} command
 * @property {readonly string[]} [args]
 * @property {Readonly<Record<string, string | undefined>>} [env] the whole environment (default: this process's)
 * @property {string} [cwd]
 * @property {{ uid: number, gid: number }} [account] run as this account (only root can)
 * @property {string} [logFile] where its output is appended; without one it shares this process's stdout and stderr
 * @property {string} [pidFile] where its process id is noted
 * @property {NodeJS.Signals} [stopSignal] default SIGTERM
 * @property {number} [stopBoundMs] how long it may take to stop before it is killed; default 10 s
 * @property {boolean} [group] stop it with all of its descendants
 * @property {boolean} [holdStdin] keep its standard input open for as long as the watchdog lives
 */

/**
 * @typedef {{ code: number | null, signal: string | null }} Ending
 * @typedef {object} Guarded
 * @property {number} pid of the command itself
 * @property {Promise<Ending>} ended resolves when it has ended, for whatever reason
 * @property {() => boolean} stopping true once {@link Guarded.stop} was called
 * @property {(options?: { now?: boolean }) => Promise<Ending>} stop asks it to stop and waits; `now` kills it. May be called again to hurry.
 */

/**
 * Runs a command that does not outlive this process, however this process ends.
 * @param {GuardedOptions} options
 * @returns {Promise<Guarded>} rejects with a {@link Failure} if the command cannot be run
 */
export async function startGuarded(options) {
  if (options.logFile !== undefined) mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  if (options.pidFile !== undefined) mkdirSync(dirname(options.pidFile), { recursive: true, mode: 0o700 });
  const log = options.logFile === undefined ? /** @type {const} */ ('inherit') : openSync(options.logFile, 'a', 0o600);
  const watchdog = spawn(process.execPath, [guard, ...guardArguments(options), '--', options.command, ...(options.args ?? [])], {
    // A session of its own: Ctrl-C in a terminal reaches this process alone, which then stops things in their order.
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
    env: { ...(options.env ?? process.env) },
    cwd: options.cwd,
  });
  if (typeof log === 'number') closeSync(log);
  watchdog.stdin?.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    let running = false;
    let stopping = false;
    /** @type {Ending | null} */
    let ending = null;
    /** @type {import('./process-identity.mjs').ProcessIdentity | null} */
    let identity = null;
    /** @type {(ending: Ending) => void} */
    let end;
    /** @type {Promise<Ending>} */
    const ended = new Promise((done) => {
      end = done;
    });

    watchdog.once('error', (error) => reject(new Failure(`${options.name} could not be started: ${error.message}`)));
    createInterface({ input: /** @type {import('node:stream').Readable} */ (watchdog.stdio[3]) }).on('line', (line) => {
      const news = JSON.parse(line);
      if (news.error !== undefined) return reject(new Failure(cannotRun(options, news.error)));
      if (news.exit !== undefined) ending = { code: news.exit, signal: news.signal };
      if (news.pid === undefined || running) return undefined;
      running = true;
      identity = identify(news.pid);
      return resolve({
        pid: news.pid,
        ended,
        stopping: () => stopping,
        stop: ({ now = false } = {}) => {
          stopping = true;
          if (now && identity !== null) void endProcess(identity, { signal: 'SIGKILL' });
          watchdog.stdin?.end();
          return ended;
        },
      });
    });
    watchdog.once('close', async () => {
      // A watchdog that was killed leaves its command behind: then it is ended from here.
      if (ending === null && identity !== null) await endProcess(identity, { signal: options.stopSignal, boundMs: options.stopBoundMs });
      end(ending ?? { code: null, signal: null });
      reject(new Failure(`${options.name} could not be started.`));
    });
  });
}

/** @param {GuardedOptions} options */
function guardArguments(options) {
  return [
    ...(options.stopSignal === undefined ? [] : ['--signal', options.stopSignal]),
    ...(options.stopBoundMs === undefined ? [] : ['--bound', String(options.stopBoundMs)]),
    ...(options.pidFile === undefined ? [] : ['--pid-file', options.pidFile]),
    ...(options.account === undefined ? [] : ['--uid', String(options.account.uid), '--gid', String(options.account.gid)]),
    ...(options.group ? ['--group'] : []),
    ...(options.holdStdin ? ['--hold-stdin'] : []),
  ];
}

/**
 * @param {GuardedOptions} options
 * @param {string} code
 */
function cannotRun(options, code) {
  const known = recognise(code);
  if (known !== null) return known;
  if (code === 'ENOENT') return `${options.name} could not be started: ${options.command} does not exist.`;
  if (code === 'EACCES') return `${options.name} could not be started: ${options.command} may not be executed (${code}).`;
  return `${options.name} could not be started (${code}).`;
}

/**
 * Ends what an earlier run left behind when its watchdog was killed too. Does nothing unless the noted process is that very process
 * and its command line holds the marker.
 * @param {string} pidFile
 * @param {{ marker: string, signal?: NodeJS.Signals, boundMs?: number }} options `marker`: a text only our command line has, such as the data folder
 * @returns {Promise<boolean>} true if there was something to end
 */
export async function endLeftover(pidFile, { marker, signal, boundMs }) {
  if (!existsSync(pidFile)) return false;
  let note;
  try {
    note = JSON.parse(readFileSync(pidFile, 'utf8'));
  } catch {
    note = null;
  }
  const noted = note !== null && typeof note.pid === 'number' && typeof note.startedAt === 'string' ? note : null;
  const found = noted !== null && isRunning(noted) && (identify(noted.pid)?.command.includes(marker) ?? false);
  if (found) await endProcess(noted, { signal, boundMs });
  rmSync(pidFile, { force: true });
  return found;
}
