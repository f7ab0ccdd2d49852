/** The built product as processes that can be killed one by one, with a PostgreSQL and a NATS of its own that can be killed too. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, queryDatabase, startProcess, startTestNats, waitFor, waitUntilReady } from '@trunkline/testing';
import { startPostgres } from '../infra/postgres.mjs';

/** Two of those that share work among themselves. */
export const processNames = ['gateway', 'connector-registry', 'oauth-broker', 'token-refresher', 'sync-orchestrator', 'sync-orchestrator.2', 'analytics-sink', 'analytics-sink.2'];
export const victims = [...processNames, 'nats', 'postgres'];

const main = (/** @type {string} */ name) => fileURLToPath(new URL(`../../apps/${name.split('.')[0]}/dist/main.js`, import.meta.url));

/** @param {{ sourceUrl: string }} options */
export async function startProduct({ sourceUrl }) {
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-chaos-'));
  await chmod(folder, 0o711);
  const secret = () => randomBytes(24).toString('hex');
  // Writes are forced to disk, as in production.
  const postgresOptions = { dataDir: join(folder, 'postgres'), password: secret(), databasePassword: secret(), stopSignal: /** @type {const} */ ('SIGQUIT'), settings: { max_connections: '300' } };
  let postgres = await startPostgres(postgresOptions);
  const { url: databaseUrl, port: databasePort } = postgres;
  const nats = await startTestNats();
  const adminKey = secret();
  /** @type {Map<string, number>} */
  const ports = new Map();
  for (const name of processNames) ports.set(name, await freePort());
  const url = `http://127.0.0.1:${ports.get('gateway')}`;
  const environment = {
    NODE_ENV: 'production', LOG_LEVEL: 'error', HOST: '127.0.0.1', DATABASE_URL: databaseUrl, NATS_URL: nats.url, TRUNKLINE_PUBLIC_URL: url,
    TRUNKLINE_MASTER_KEY: randomBytes(32).toString('base64'), TRUNKLINE_ADMIN_KEY: adminKey, TRUNKLINE_SANDBOX_URL: sourceUrl, TRUNKLINE_EGRESS_ALLOW: new URL(sourceUrl).host,
    TRUNKLINE_REQUESTS_PER_SECOND: '0', TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND: '0', TRUNKLINE_SPOOL_DIRECTORY: join(folder, 'spool'),
    // Runs are started by hand; whoever dies or stands still is followed soon.
    TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '86400', TRUNKLINE_SYNC_LEASE_SECONDS: '2', TRUNKLINE_SYNC_MAX_ATTEMPTS: '100',
  };
  /** @type {Map<string, import('@trunkline/testing').TestProcess>} */
  const processes = new Map();
  const start = (/** @type {string} */ name) => {
    processes.set(name, startProcess(main(name), { ...environment, PORT: String(ports.get(name)) }));
  };
  const ready = (/** @type {string} */ name) => waitUntilReady(`http://127.0.0.1:${ports.get(name)}`, /** @type {import('@trunkline/testing').TestProcess} */ (processes.get(name)));
  for (const name of processNames) start(name);
  await Promise.all(processNames.map(ready));

  return {
    url,
    adminKey,
    natsUrl: nats.url,
    query: queryDatabase(databaseUrl),
    /** The process, for signals. @param {string} name */
    pid: (name) => /** @type {import('@trunkline/testing').TestProcess} */ (processes.get(name)).pid,
    /** `kill -9`. @param {string} victim */
    kill: async (victim) => {
      if (victim === 'nats') return nats.kill('SIGKILL');
      if (victim === 'postgres') return void (await postgres.stop({ now: true }));
      await processes.get(victim)?.kill('SIGKILL');
    },
    /** @param {string} victim */
    revive: async (victim) => {
      if (victim === 'nats') return nats.restart();
      if (victim === 'postgres') {
        postgres = await startPostgres({ ...postgresOptions, port: databasePort });
        return;
      }
      start(victim);
    },
    /** Everybody is there again; whoever could not start while a part was away is started once more, as a supervisor would. */
    settle: () =>
      waitFor(async () => {
        const late = [];
        for (const name of processNames) {
          if (processes.get(name)?.running() !== true) start(name);
          const answer = await fetch(`http://127.0.0.1:${ports.get(name)}/health/ready`).catch(() => null);
          if (answer?.ok !== true) late.push(`${name}: ${answer === null ? 'no answer' : await answer.text()}`);
        }
        if (late.length > 0) throw new Error(late.join('; '));
        return true;
      }, { what: 'every process to be ready', timeoutMs: 60_000, intervalMs: 200 }),
    close: async () => {
      await Promise.all([...processes.values()].map((program) => program.kill('SIGTERM')));
      await nats.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startProduct>>} Product */
