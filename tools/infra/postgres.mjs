import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, recognise } from './failure.mjs';
import { freePort, isFree, preferPort } from './free-port.mjs';
import { endLeftover, startGuarded } from './guarded-process.mjs';
import { readSince, rotate, sizeOf } from './log-file.mjs';
import { findFooting, giveTo } from './postgres-account.mjs';
import { findPostgres } from './postgres-binaries.mjs';
import { prepareDatabase } from './postgres-database.mjs';
import { endProcess, identify } from './process-identity.mjs';
import { recallPort, rememberPort } from './remembered-port.mjs';

/** Fast shutdown: open transactions are rolled back, everything else is written down. */
const stopSignal = 'SIGINT';
const stopBoundMs = 20_000;
const startBoundMs = 60_000;
/** After a crash the old server's children hold its shared memory for a moment, and a start is refused. */
const retryMs = 300;
const retryBoundMs = 20_000;

/** @type {Readonly<Record<string, string>>} */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  password_encryption: 'scram-sha-256',
};

/**
 * @typedef {object} PostgresOptions
 * @property {string} dataDir the server's data folder; `<dataDir>.port`, `.pid` and `.log` lie beside it
 * @property {string} password of the superuser `postgres`, as a scram-sha-256 password
 * @property {string} databasePassword of the ordinary role `trunkline`, which owns the database of the same name
 * @property {number} [port] default 0: the one used last, else any free one
 * @property {string} [log] file for the server's log (default `<dataDir>.log`)
 * @property {Readonly<Record<string, string>>} [settings] on top of this module's own
 * @property {boolean} [durable] false: nothing is forced to disk, for data that is thrown away; what was
 *   committed still survives a kill of the server, only not a power cut (default true)
 * @property {NodeJS.Signals} [stopSignal] default SIGINT, a fast shutdown
 * @property {(line: string) => void} [onProgress]
 * @property {Partial<Parameters<typeof findFooting>[0]>} [footing] in place of what is found out, see {@link findFooting}
 */

/**
 * @typedef {object} RunningPostgres
 * @property {string} url of the database `trunkline` as the role `trunkline`: no superuser, so row-level security holds
 * @property {string} superuserUrl of the database `postgres`
 * @property {string} version
 * @property {number} port
 * @property {number} pid
 * @property {string} data the folder the data really is in
 * @property {Promise<import('./guarded-process.mjs').Ending>} ended
 * @property {(options?: { now?: boolean }) => Promise<unknown>} stop
 */

/**
 * Starts a PostgreSQL of our own on the loopback interface, making its data folder at the first start. It ends with this process.
 * @param {PostgresOptions} options
 * @returns {Promise<RunningPostgres>}
 * @throws Failure in one line: disk full, port taken, programs missing, foreign data folder
 */
export async function startPostgres(options) {
  const { dataDir, onProgress } = options;
  const log = options.log ?? `${dataDir}.log`;
  await endEarlierServer(dataDir);
  const binaries = findPostgres({ major: majorOf(dataDir) });
  const footing = findFooting({ binaries, dataDir, onProgress, ...options.footing });
  if (existsSync(join(footing.data, 'PG_VERSION'))) giveTo(footing.data, footing.owner);
  else makeCluster(footing, binaries.major, options);
  rotate(log);

  const { server, port } = await startServer(footing, options, log);
  try {
    await prepareDatabase({ port, password: options.password, databasePassword: options.databasePassword, dataDir });
  } catch (error) {
    await server.stop();
    throw error;
  }
  rememberPort(`${dataDir}.port`, port);
  return {
    url: `postgres://trunkline:${encodeURIComponent(options.databasePassword)}@127.0.0.1:${port}/trunkline`,
    superuserUrl: `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`,
    version: binaries.version,
    port,
    pid: server.pid,
    data: footing.data,
    ended: server.ended,
    stop: server.stop,
  };
}

/** @param {string} dataDir */
function majorOf(dataDir) {
  const file = join(dataDir, 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/**
 * Ends the server an earlier, killed run left on this data folder: by our own note, else by the server's.
 * @param {string} dataDir
 */
async function endEarlierServer(dataDir) {
  const data = existsSync(dataDir) ? realpathSync(dataDir) : dataDir;
  await endLeftover(`${dataDir}.pid`, { marker: data, signal: stopSignal, boundMs: stopBoundMs });
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const found = identify(Number.parseInt(readFileSync(file, 'utf8'), 10));
  if (found === null) return;
  if (found.command.includes(data) && found.command.includes('postgres')) await endProcess(found, { signal: stopSignal, boundMs: stopBoundMs });
  // The number belongs to some other program now (a container that came up again): the server would refuse to start because of it.
  else rmSync(file, { force: true });
}

/**
 * `initdb` in a folder of another name, moved into place when complete: what a crash leaves half-made is never taken for a data folder.
 * @param {import('./postgres-account.mjs').Footing} footing
 * @param {number} major
 * @param {PostgresOptions} options
 */
function makeCluster(footing, major, { password, durable = true, onProgress }) {
  onProgress?.('making the database');
  const draft = `${footing.data}.new`;
  const passwordFile = `${footing.data}.password`;
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (footing.owner !== null) for (const path of [draft, passwordFile]) chownSync(path, footing.owner.uid, footing.owner.gid);
    const [program = '', ...args] = [
      ...footing.prefix,
      join(footing.folder, 'initdb'),
      ...['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--no-locale', '--data-checksums'],
      // Letters beyond ASCII in every language, sorted alike on every machine: no C library has a say.
      ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
      ...(durable ? [] : ['--no-sync']),
    ];
    const { status, stdout, stderr, error } = spawnSync(program, args, { ...footing.account, cwd: '/', encoding: 'utf8', env: cleanEnvironment() });
    if (status !== 0) {
      const output = `${error?.message ?? ''}\n${stdout ?? ''}\n${stderr ?? ''}`;
      const reason = output.split('\n').reverse().find((line) => /^initdb: (error|could not)|FATAL|ERROR|failed/.test(line)) ?? output.trim().split('\n').at(-1);
      throw new Failure(recognise(output, footing.data) ?? `PostgreSQL could not make its data folder ${footing.data}: ${reason}`);
    }
    renameSync(draft, footing.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {import('./postgres-account.mjs').Footing} footing
 * @param {PostgresOptions} options
 * @param {string} log
 */
async function startServer(footing, options, log) {
  const wanted = options.port ?? 0;
  if (wanted !== 0 && !(await isFree(wanted))) throw new Failure(`Port ${wanted} for PostgreSQL is taken by another program. Stop that program, or choose another port.`);
  const patience = Date.now() + retryBoundMs;
  let port = wanted || (await preferPort(recallPort(`${options.dataDir}.port`)));
  for (;;) {
    const offset = sizeOf(log);
    const server = await startGuarded({
      name: 'PostgreSQL',
      command: footing.prefix[0] ?? join(footing.folder, 'postgres'),
      args: [...(footing.prefix.length === 0 ? [] : [...footing.prefix.slice(1), join(footing.folder, 'postgres')]), '-D', footing.data, ...serverSettings(options, port)],
      account: footing.account,
      cwd: '/',
      env: cleanEnvironment(),
      logFile: log,
      pidFile: `${options.dataDir}.pid`,
      stopSignal: options.stopSignal ?? stopSignal,
      stopBoundMs,
    });
    const reason = await untilReady(server, log, offset);
    if (reason === null) return { server, port };
    await server.stop();
    if (/could not create any TCP\/IP sockets|Address already in use/.test(reason) && wanted === 0) port = await freePort();
    else if (!/pre-existing shared memory block|lock file .* already exists/.test(reason) || Date.now() > patience) {
      throw new Failure(recognise(reason, footing.data) ?? `PostgreSQL did not start: ${sentence(reason)} (log: ${log})`);
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/**
 * @param {PostgresOptions} options
 * @param {number} port
 */
function serverSettings(options, port) {
  const loose = options.durable === false ? { fsync: 'off', full_page_writes: 'off' } : {};
  return Object.entries({ ...settings, ...loose, ...options.settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * @param {import('./guarded-process.mjs').Guarded} server
 * @param {string} log
 * @param {number} offset
 * @returns {Promise<string | null>} null when it accepts connections, else what it said instead
 */
async function untilReady(server, log, offset) {
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startBoundMs;
  for (;;) {
    const over = ended || Date.now() > deadline;
    const lines = readSince(log, offset);
    if (!over && lines.some((line) => line.includes('database system is ready to accept connections'))) return null;
    if (over) return lines.join('\n') || 'it said nothing';
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** @param {string} text the server's words */
function sentence(text) {
  const lines = text.split('\n');
  return (lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '').replace(/^.*?(FATAL|PANIC):\s*/, '');
}

/** Variables such as PGDATA or PGPORT of the person's shell must not reach our server. */
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^PG|^LC_|^LANG/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
