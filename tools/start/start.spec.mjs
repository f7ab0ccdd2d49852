import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuarded } from '../infra/guarded-process.mjs';
import { identify } from '../infra/process-identity.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { loadSecrets } from '../infra/secrets.mjs';
import { eventually } from '../infra/spec-helpers.mjs';
import { startApplication } from './application.mjs';
import { applicationEnvironment } from './environment.mjs';
import { keepRunning } from './keep-running.mjs';
import { requireDatabase, requireNats } from './outside-servers.mjs';
import { createStopOrder, ranks } from './stop-order.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkline-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('npm start', () => {
  /**
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} [environment]
   * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
   */
  const start = (args, environment = {}) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(repositoryRoot, 'tools', 'start.mjs'), ...args], { env: { ...process.env, TRUNKLINE_DATA_DIR: folder, ...environment } });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    });
  const taken = async (/** @type {(port: number) => Promise<void>} */ body) => {
    const other = createServer();
    const port = await new Promise((resolve) => other.listen(0, '127.0.0.1', () => resolve(/** @type {import('node:net').AddressInfo} */ (other.address()).port)));
    await body(port).finally(() => other.close());
  };

  it('says in one line that its port is taken', () =>
    taken(async (port) => {
      const { code, stderr } = await start([], { TRUNKLINE_PORT: String(port) });
      expect({ code, stderr }).toEqual({ code: 1, stderr: `Port ${port} is taken by another program. Stop that program, or set TRUNKLINE_PORT to another port.\n` });
    }));

  it('ends with a JSON line when it was to run once', () =>
    taken(async (port) => {
      const { code, stdout } = await start(['--once'], { TRUNKLINE_PORT: String(port) });
      expect(code).toBe(1);
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ ok: false, step: 'start', error: expect.stringContaining(`Port ${port} is taken`) });
    }));

  it('says in one line that it runs already', async () => {
    writeFileSync(join(folder, 'start.lock'), JSON.stringify(identify(process.pid)));
    const { code, stderr } = await start([]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `Trunkline already runs with the data folder ${folder} (process ${process.pid}). Stop it, or set TRUNKLINE_DATA_DIR to another folder.\n`,
    });
  });

  it('refuses what it does not understand in one line', async () => {
    expect(await start(['--twice'])).toMatchObject({ code: 1, stderr: "Unknown option '--twice'. Options: --once, --help.\n" });
    expect(await start([], { TRUNKLINE_PORT: 'http' })).toMatchObject({ code: 1, stderr: 'TRUNKLINE_PORT is "http", which is no port. Set a number from 0 to 65535.\n' });
  });

  it('prints its options', async () => {
    expect(await start(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--once') });
  });
});

describe("the services' environment", () => {
  const parts = () => ({
    environment: { PATH: '/bin', TRUNKLINE_EGRESS_ALLOW: 'crm.internal:8443', NATS_USER: '' },
    dataDir: '/data',
    secrets: loadSecrets(folder),
    port: 3000,
    sandboxPort: 3001,
    databaseUrl: 'postgres://x',
    natsUrl: 'nats://127.0.0.1:4222',
    natsUsers: ['token-refresher'],
  });

  it('holds addresses, secrets and one NATS user per service', () => {
    const { secrets, ...rest } = parts();
    expect(applicationEnvironment({ secrets, ...rest })).toEqual({
      PATH: '/bin',
      DATABASE_URL: 'postgres://x',
      NATS_URL: 'nats://127.0.0.1:4222',
      TOKEN_REFRESHER_NATS_USER: 'token-refresher',
      TOKEN_REFRESHER_NATS_PASSWORD: secrets.natsPasswords['token-refresher'],
      TRUNKLINE_PORT: '3000',
      GATEWAY_PORT: '3000',
      TRUNKLINE_PUBLIC_URL: 'http://localhost:3000',
      TRUNKLINE_MASTER_KEY: secrets.masterKey,
      TRUNKLINE_ADMIN_KEY: secrets.adminKey,
      TRUNKLINE_SESSION_SECRET: secrets.sessionSecret,
      TRUNKLINE_SPOOL_DIRECTORY: '/data/spool',
      TRUNKLINE_SANDBOX: 'true',
      TRUNKLINE_SANDBOX_PORT: '3001',
      TRUNKLINE_SANDBOX_URL: 'http://127.0.0.1:3001',
      TRUNKLINE_SANDBOX_DATA_DIR: '/data/sandbox',
      TRUNKLINE_SANDBOX_CLIENT_SECRET: secrets.sandboxClientSecret,
      TRUNKLINE_EGRESS_ALLOW: 'crm.internal:8443,127.0.0.1:3001',
      TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '60',
      TRUNKLINE_EXIT_WITH_PARENT: 'true',
    });
  });

  it("keeps the person's own keys and public address", () => {
    const own = { TRUNKLINE_PUBLIC_URL: 'https://t.example', TRUNKLINE_MASTER_KEY: 'm', TRUNKLINE_ADMIN_KEY: 'a', TRUNKLINE_SANDBOX_CLIENT_SECRET: 's' };
    expect(applicationEnvironment({ ...parts(), environment: own })).toMatchObject(own);
  });

  it('is no production as long as the sandbox is part of it', () => {
    expect(applicationEnvironment({ ...parts(), environment: { NODE_ENV: 'production' } }).NODE_ENV).toBe('development');
    expect(applicationEnvironment({ ...parts(), environment: { NODE_ENV: 'production' }, sandboxPort: null }).NODE_ENV).toBe('production');
  });

  it('opens nothing for a sandbox that is off, and names no user of an outside NATS', () => {
    const environment = applicationEnvironment({ ...parts(), sandboxPort: null, natsUsers: null, environment: {} });
    expect(Object.keys(environment).filter((name) => /SANDBOX|EGRESS|NATS_USER/.test(name))).toEqual(['TRUNKLINE_SANDBOX']);
    expect(environment.TRUNKLINE_SANDBOX).toBe('false');
  });
});

describe('the services', () => {
  const start = (/** @type {string} */ main) => {
    const path = join(folder, 'apps', 'all-in-one', 'dist');
    return import('node:fs').then(({ mkdirSync }) => {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'main.js'), main);
      return startApplication({ environment: {}, port: 9, log: join(folder, 'log'), pidFile: join(folder, 'pid'), say: () => undefined, root: folder });
    });
  };

  it('that end while starting are reported with their last error', async () => {
    const log = JSON.stringify({ level: 'fatal', service: 'oauth-broker', message: 'could not start', error: { message: 'relation does not exist' } });
    await expect(start(`console.log(${JSON.stringify(log)}); process.exit(1)`)).rejects.toThrow(
      /^The services ended while they were starting: oauth-broker: could not start: relation does not exist \(log: .*log\)$/,
    );
    await expect(start(`console.error('Configuration of gateway is not usable:\\n  - PORT: too big'); process.exit(1)`)).rejects.toThrow(
      /: Configuration of gateway is not usable: - PORT: too big \(log/,
    );
    await expect(start('process.exit(3)')).rejects.toThrow('exit code 3, no word in the log');
    await expect(start('require("fs").writeSync(2, "Error: ENOSPC: no space left on device, write\\n"); process.exit(1)')).rejects.toThrow('The disk is full');
  });
});

describe('servers from outside', () => {
  it('that do not answer, or refuse, are named in one line, without the password', async () => {
    const url = new URL(process.env.TRUNKLINE_TEST_DATABASE_URL ?? '');
    await requireDatabase(url.href);
    url.pathname = '/no_such_database';
    await expect(requireDatabase(url.href)).rejects.toThrow('The database of DATABASE_URL cannot be reached: database "no_such_database" does not exist. Start it, correct');
    await expect(requireNats('nats://user:secret@no-such-host.invalid:4222')).rejects.toThrow(/^The NATS server of NATS_URL cannot be reached: [^\n]*no-such-host\.invalid/);
    await expect(requireNats('nats://user:secret@no-such-host.invalid:4222')).rejects.not.toThrow('secret');
    // One of several is enough.
    await requireNats(`no-such-host.invalid, ${url.host}`);
  });
});

describe('a part that is kept running', () => {
  const launch = () => startGuarded({ name: 'part', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], logFile: join(folder, 'log') });

  it('is started again when it was killed, and not when it was stopped', async () => {
    const parts = [await launch()];
    /** @type {string[]} */
    const notes = [];
    const kept = keepRunning({
      name: 'The part',
      first: /** @type {import('../infra/guarded-process.mjs').Guarded} */ (parts[0]),
      again: async () => {
        const part = await launch();
        parts.push(part);
        return part;
      },
      note: (line) => notes.push(line),
      giveUp: (error) => notes.push(String(error)),
    });
    process.kill(parts[0]?.pid ?? 0, 'SIGKILL');
    await eventually(() => notes.length === 2);
    expect(notes).toEqual(['The part ended unexpectedly; starting it again', 'The part runs again']);
    await kept.stop();
    expect(parts).toHaveLength(2);
    expect(identify(parts[1]?.pid ?? 0)).toBeNull();
    expect(notes).toHaveLength(2);
  });

  it('is given up when it does not stay up', async () => {
    /** @type {unknown} */
    let reason = null;
    const fragile = () => startGuarded({ name: 'part', command: process.execPath, args: ['-e', ''], logFile: join(folder, 'log') });
    keepRunning({ name: 'The part', first: await fragile(), again: fragile, note: () => undefined, giveUp: (error) => (reason = error) });
    await eventually(() => reason);
    expect(String(reason)).toContain('The part ended 5 times within a minute');
  });
});

describe('stopping', () => {
  it('goes from what leans to what carries', async () => {
    /** @type {string[]} */
    const stopped = [];
    const stops = createStopOrder(() => undefined);
    for (const [name, rank] of Object.entries({ bus: ranks.bus, application: ranks.application, database: ranks.database })) {
      stops.add({ rank, name, stop: async () => stopped.push(name) });
    }
    await Promise.all([stops.stopAll(), stops.stopAll()]);
    expect(stopped).toEqual(['application', 'bus', 'database']);
  });

  it('is hurried by a second Ctrl-C, but not by the same one passed on by npm', async () => {
    const module = new URL('./stop-order.mjs', import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then(({ onEndSignals }) => { onEndSignals({ first: (s) => console.log(s), further: () => console.log('further') }); console.log('up'); setInterval(() => {}, 1000); })`;
    const log = join(folder, 'log');
    const child = await startGuarded({ name: 'part', command: process.execPath, args: ['-e', script], logFile: log, stopSignal: 'SIGKILL' });
    const said = () => readFileSync(log, 'utf8').trim().split('\n').join(' ');
    await eventually(() => said() === 'up');
    process.kill(child.pid, 'SIGINT');
    await eventually(() => said() === 'up SIGINT');
    process.kill(child.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(said()).toBe('up SIGINT');
    process.kill(child.pid, 'SIGINT');
    await eventually(() => said() === 'up SIGINT further');
    await child.stop();
  });
});
