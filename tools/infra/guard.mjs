/**
 * A watchdog: `node guard.mjs [options] -- command arguments…` runs the command for as long as its own parent lives.
 *
 * The parent holds the other end of this process's standard input. When that pipe closes, because the parent closed it or because the
 * parent is dead (by SIGKILL too), the command is told to stop, and is killed if it takes too long: no orphan stays behind. SIGTERM,
 * SIGINT and SIGHUP do the same; a second one kills at once.
 *
 * Options
 *   --signal NAME    how the command is asked to stop (default SIGTERM)
 *   --bound MS       how long it may take before SIGKILL (default 10000)
 *   --pid-file PATH  where to note the command's process id, for whoever comes after this watchdog was killed itself
 *   --uid N --gid N  the account to run it as (only root can)
 *   --group          the command gets a process group of its own; the whole group is stopped, and swept when the command has ended
 *   --hold-stdin     the command's standard input is a pipe held open here: a command that watches it also notices that this watchdog died
 *
 * Output of the command goes to this process's stdout and stderr. What happens is told on file descriptor 3, one JSON object per line:
 * `{"pid":n}` once it runs, `{"error":code}` if it cannot be run, `{"exit":code,"signal":name}` when it has ended.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { identify } from './process-identity.mjs';
import { writeFileAtomically } from './write-file-atomically.mjs';

const divider = process.argv.indexOf('--', 2);
const { values } = parseArgs({
  args: process.argv.slice(2, divider),
  options: {
    signal: { type: 'string', default: 'SIGTERM' },
    bound: { type: 'string', default: '10000' },
    'pid-file': { type: 'string' },
    uid: { type: 'string' },
    gid: { type: 'string' },
    group: { type: 'boolean', default: false },
    'hold-stdin': { type: 'boolean', default: false },
  },
});
const [command = '', ...commandArguments] = process.argv.slice(divider + 1);
const pidFile = values['pid-file'];

const child = spawn(command, commandArguments, {
  stdio: [values['hold-stdin'] ? 'pipe' : 'ignore', 'inherit', 'inherit'],
  detached: values.group,
  ...(values.uid === undefined ? {} : { uid: Number(values.uid), gid: Number(values.gid) }),
});

/** @param {object} news */
function tell(news) {
  try {
    writeSync(3, `${JSON.stringify(news)}\n`);
  } catch {
    // The parent is gone or does not listen.
  }
}

/** @param {NodeJS.Signals} signal */
function send(signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(values.group ? -child.pid : child.pid, signal);
  } catch {
    // It has ended already.
  }
}

let stopping = false;
/** @param {'asked' | 'parent ended'} reason */
function stop(reason) {
  if (stopping) {
    if (reason === 'asked') send('SIGKILL');
    return;
  }
  stopping = true;
  send(/** @type {NodeJS.Signals} */ (values.signal));
  setTimeout(() => send('SIGKILL'), Number(values.bound)).unref();
}

/** A successor may have written its own note meanwhile: only ours goes. */
function forget() {
  if (pidFile === undefined) return;
  try {
    if (JSON.parse(readFileSync(pidFile, 'utf8')).guard === process.pid) rmSync(pidFile, { force: true });
  } catch {
    // Never written, or gone with its folder.
  }
}

child.once('error', (error) => {
  tell({ error: 'code' in error ? String(error.code) : error.message });
  process.exit(127);
});
child.once('exit', (code, signal) => {
  if (values.group) send('SIGKILL');
  forget();
  tell({ exit: code, signal });
  process.exit(code ?? 1);
});
child.stdin?.on('error', () => undefined);

if (child.pid !== undefined) {
  if (pidFile !== undefined) {
    try {
      writeFileAtomically(pidFile, JSON.stringify({ guard: process.pid, ...identify(child.pid) }), 0o600, { durable: false });
    } catch (error) {
      // Without the note a later start could not find this process: better not to run it at all.
      tell({ error: 'code' in Object(error) ? String(Object(error).code) : String(error) });
      stop('asked');
    }
  }
  tell({ pid: child.pid });
}

process.stdin.resume();
process.stdin.once('end', () => stop('parent ended'));
process.stdin.once('error', () => stop('parent ended'));
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) process.on(signal, () => stop('asked'));
