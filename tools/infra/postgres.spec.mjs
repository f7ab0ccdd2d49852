import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { findPostgres } from './postgres-binaries.mjs';
import { startPostgres } from './postgres.mjs';
import { identify } from './process-identity.mjs';
import { eventually } from './spec-helpers.mjs';

const isRoot = process.getuid?.() === 0;
const onlyAsRoot = isRoot ? it : it.skip;

/** One data folder for all tests but those that need their own. @type {string} */
let shared;
/** @type {string} */
let folder;
/** @type {import('./postgres.mjs').RunningPostgres[]} */
let started = [];
const newFolder = () => {
  const path = mkdtempSync(join(tmpdir(), 'trunkline-postgres-'));
  chmodSync(path, 0o711);
  return path;
};
const stopAll = async () => {
  await Promise.all(started.map((server) => server.stop()));
  started = [];
};
beforeAll(() => {
  shared = newFolder();
});
beforeEach(() => {
  folder = shared;
});
afterEach(async () => {
  await stopAll();
  if (folder !== shared) rmSync(folder, { recursive: true, force: true });
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));

const options = () => ({ dataDir: join(folder, 'postgres'), password: 'pass:word/1', databasePassword: 'pass:word/2', durable: false });
const start = async (/** @type {Partial<import('./postgres.mjs').PostgresOptions>} */ more = {}) => {
  const server = await startPostgres({ ...options(), ...more });
  started.push(server);
  return server;
};
/**
 * @param {string} connectionString
 * @param {string} text
 * @returns {Promise<any[]>}
 */
const ask = async (connectionString, text) => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe('the embedded PostgreSQL', () => {
  it('gives the services a database of their own under a role that is no superuser', async () => {
    const { url, superuserUrl } = await start();
    expect(await ask(url, `SELECT current_database() AS db, current_user AS role, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`)).toEqual([
      { db: 'trunkline', role: 'trunkline', rolsuper: false, rolbypassrls: false },
    ]);
    await ask(url, 'CREATE SCHEMA own');
    expect(await ask(superuserUrl, `SELECT current_setting('listen_addresses') AS on, current_setting('max_connections') AS most, lower('ÄÖ') AS lower`)).toEqual([
      { on: '127.0.0.1', most: '200', lower: 'äö' },
    ]);
  });

  it('lets nobody in without the password', async () => {
    const { port } = await start();
    await expect(ask(`postgres://postgres:wrong@127.0.0.1:${port}/postgres`, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(readFileSync(join(folder, 'postgres', 'pg_hba.conf'), 'utf8')).not.toMatch(/^[^#]*\b(trust|md5|password)\s*$/m);
    expect(existsSync(join(folder, 'postgres.password'))).toBe(false);
  });

  it('keeps data and port over a stop and a start', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE stopped AS SELECT 42 AS answer');
    await first.stop();
    expect(identify(first.pid)).toBeNull();
    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await ask(second.url, 'SELECT answer FROM stopped')).toEqual([{ answer: 42 }]);
  });

  it('takes another port when the last one is taken, and refuses one that was asked for', async () => {
    const first = await start();
    await first.stop();
    const other = createServer();
    await new Promise((resolve) => other.listen(first.port, '127.0.0.1', () => resolve(undefined)));
    try {
      await expect(start({ port: first.port })).rejects.toThrow(`Port ${first.port} for PostgreSQL is taken by another program.`);
      expect((await start()).port).not.toBe(first.port);
    } finally {
      other.close();
    }
  });

  it('comes up at once after it was killed', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE killed AS SELECT 42 AS answer');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    const second = await start();
    expect(await ask(second.url, 'SELECT answer FROM killed')).toEqual([{ answer: 42 }]);
  });

  it('is found and ended by the next start when parent and watchdog were killed', async () => {
    const module = fileURLToPath(new URL('./postgres.mjs', import.meta.url));
    const script = `import(${JSON.stringify(module)}).then(({ startPostgres }) => startPostgres(${JSON.stringify(options())})).then(({ pid }) => console.log(pid))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const orphan = await new Promise((resolve) => parent.stdout.once('data', (chunk) => resolve(Number(chunk))));
    parent.kill('SIGSTOP');
    process.kill(JSON.parse(readFileSync(join(folder, 'postgres.pid'), 'utf8')).guard, 'SIGKILL');
    parent.kill('SIGKILL');
    expect(identify(orphan)).not.toBeNull();
    const second = await start();
    expect(identify(orphan)).toBeNull();
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is found by its own note when ours is lost', async () => {
    const first = await start();
    rmSync(join(folder, 'postgres.pid'));
    const second = await start();
    expect(identify(first.pid)).toBeNull();
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts although the process id in its own note is another program by now', async () => {
    const first = await start();
    await first.stop();
    // Of the server's own account: it ignores processes of others, and its ancestors.
    const { uid, gid } = statSync(join(folder, 'postgres', 'PG_VERSION'));
    const other = spawn('sleep', ['60'], { stdio: 'ignore', cwd: '/', ...(isRoot ? { uid, gid } : {}) });
    try {
      writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${other.pid}\n${join(folder, 'postgres')}\n1\n${first.port}\n\n127.0.0.1\n`);
      expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(identify(other.pid ?? 0)).not.toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('makes its data folder anew after a first start that was interrupted', async () => {
    folder = newFolder();
    mkdirSync(join(folder, 'postgres.new'));
    writeFileSync(join(folder, 'postgres.new', 'PG_VERSION'), '18\n');
    expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(folder, 'postgres.new'))).toBe(false);
  });

  it('says so in one line when the secrets do not belong to the data', async () => {
    const first = await start();
    await first.stop();
    await expect(start({ password: 'another' })).rejects.toThrow(/was made under another password\. Restore the secrets\.json/);
    await eventually(() => !existsSync(join(folder, 'postgres', 'postmaster.pid')));
  });

  onlyAsRoot('runs in place, as root in a user namespace, where an ordinary account cannot reach', async () => {
    chmodSync(folder, 0o700);
    const server = await start();
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(server.data).toBe(join(folder, 'postgres'));
    // And under an ordinary account once it can: the folder changes hands.
    await server.stop();
    chmodSync(folder, 0o711);
    expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(statSync(join(folder, 'postgres', 'PG_VERSION')).uid).not.toBe(0);
  });

  onlyAsRoot('moves data and programs to a reachable place where there are no user namespaces', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'trunkline-elsewhere-'));
    chmodSync(elsewhere, 0o755);
    folder = newFolder();
    chmodSync(folder, 0o700);
    try {
      const { root, ...programs } = findPostgres();
      cpSync(/** @type {string} */ (root), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
      const binaries = { ...programs, root: join(folder, 'native'), folder: join(folder, 'native', 'bin') };
      const footing = { binaries, namespaces: false, elsewhere };
      // Interrupted before there was anything in the new place.
      symlinkSync(join(elsewhere, 'planned', 'postgres'), join(folder, 'postgres'));
      const first = await start({ footing });
      expect(first.data.startsWith(elsewhere)).toBe(true);
      expect(identify(first.pid)?.command).toContain(elsewhere);
      await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await first.stop();
      expect(await ask((await start({ footing })).url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    } finally {
      await stopAll();
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
