import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder.mjs';
import { Failure } from './failure.mjs';
import { freePort } from './free-port.mjs';
import { startGuarded } from './guarded-process.mjs';
import { ensureMariadb } from './mariadb-binary.mjs';

/** Small, and never forced to disk: the data is thrown away. */
const settings = ['--innodb-buffer-pool-size=16M', '--innodb-log-file-size=8M', '--innodb-flush-log-at-trx-commit=0', '--innodb-use-native-aio=0', '--skip-log-bin', '--skip-name-resolve', '--performance-schema=OFF'];
const startBoundMs = 60_000;

/**
 * A private MariaDB on the loopback interface, in a temporary folder, with the superuser `root` and the empty database `test`. It ends with this process.
 * @param {{ password: string, args?: readonly string[], onProgress?: (line: string) => void }} options `password`: letters and digits, for root; `args`: further ones of the server
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 * @throws Failure
 */
export async function startMariadb({ password, args = [], onProgress }) {
  const { program, base, environment } = await ensureMariadb({ cacheDir: join(dataFolder(), 'tools'), onProgress });
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-mariadb-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const env = { ...process.env, ...environment };
    const data = join(folder, 'data');
    const share = join(base, 'share/mysql');
    mkdirSync(data, { mode: 0o700 });
    const common = ['--no-defaults', `--basedir=${base}`, `--lc-messages-dir=${share}`, `--character-sets-dir=${join(share, 'charsets')}`, `--datadir=${data}`, ...(process.getuid?.() === 0 ? ['--user=root'] : []), ...settings];
    const tables = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'].map((name) => readFileSync(join(share, name), 'utf8'));
    const first = `SET @auth_root_socket = NULL;\nCREATE DATABASE mysql;\nUSE mysql;\n${tables.join('\n')}\nFLUSH PRIVILEGES;\nCREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;\nCREATE DATABASE test CHARACTER SET utf8mb4;\n`;
    const made = spawnSync(program, [...common, '--bootstrap'], { input: first, env, encoding: 'utf8' });
    if (made.status !== 0) throw new Failure(`MariaDB could not make its data folder: ${lastComplaint(`${made.error?.message ?? ''}\n${made.stderr}`)}`);
    const port = await freePort();
    const log = join(folder, 'log');
    const server = await startGuarded({ name: 'MariaDB', command: program, args: [...common, '--bind-address=127.0.0.1', `--port=${port}`, `--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`, ...args], env, logFile: log, stopSignal: 'SIGKILL' });
    const stop = async () => {
      await server.stop();
      remove();
    };
    await untilReady(server, log).catch(async (/** @type {unknown} */ error) => {
      await stop();
      throw error;
    });
    return { port, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * @param {import('./guarded-process.mjs').Guarded} server
 * @param {string} log
 */
async function untilReady(server, log) {
  let ended = false;
  void server.ended.then(() => (ended = true));
  const deadline = Date.now() + startBoundMs;
  while (!readFileSync(log, 'utf8').includes('ready for connections')) {
    if (ended || Date.now() > deadline) throw new Failure(`MariaDB did not start: ${lastComplaint(readFileSync(log, 'utf8'))}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** @param {string} text */
const lastComplaint = (text) => text.split('\n').findLast((line) => line.includes('[ERROR]')) ?? text.trim().split('\n').at(-1) ?? '';
