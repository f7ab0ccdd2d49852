import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNatsServer, startNats } from '../infra/nats.mjs';
import { startPostgres } from '../infra/postgres.mjs';
import { writeFileAtomically } from '../infra/write-file-atomically.mjs';
import { keepRunning } from './keep-running.mjs';
import { natsUsers } from './nats-users.mjs';
import { requireDatabase, requireNats } from './outside-servers.mjs';
import { ranks } from './stop-order.mjs';

/**
 * @typedef {object} ServersOptions
 * @property {string} dataDir
 * @property {import('../infra/secrets.mjs').Secrets} secrets
 * @property {import('../setup/progress.mjs').Progress} progress
 * @property {import('./stop-order.mjs').StopOrder} stops
 * @property {(error: unknown) => void} giveUp
 */

/**
 * PostgreSQL for the services: the one DATABASE_URL names, else our own. The address of our own is kept in `database-url`.
 * @param {ServersOptions} options
 * @returns {Promise<string>}
 */
export async function provideDatabase({ dataDir, secrets, progress, stops, giveUp }) {
  const note = join(dataDir, 'database-url');
  if (process.env.DATABASE_URL) {
    rmSync(note, { force: true });
    await requireDatabase(process.env.DATABASE_URL);
    return process.env.DATABASE_URL;
  }
  return progress.step('Starting PostgreSQL', async (say) => {
    const options = {
      dataDir: join(dataDir, 'postgres'),
      log: join(dataDir, 'logs', 'postgres.log'),
      password: secrets.postgresPassword,
      databasePassword: secrets.databasePassword,
    };
    const first = await startPostgres({ ...options, onProgress: say });
    const { stop } = keepRunning({ name: 'PostgreSQL', first, again: ({ port }) => startPostgres({ ...options, port }), note: progress.note, giveUp });
    stops.add({ rank: ranks.database, name: 'PostgreSQL', stop });
    writeFileAtomically(note, `${first.url}\n`);
    say(`PostgreSQL ${first.version} on 127.0.0.1:${first.port}`);
    return first.url;
  });
}

/**
 * NATS for the services: the servers NATS_URL names, else our own with a user for each service. The operator's address of our own is kept
 * in `nats-url`.
 * @param {ServersOptions} options
 * @returns {Promise<{ url: string, users: string[] | null }>} `users`: the services that have a user on our own server
 */
export async function provideNats({ dataDir, secrets, progress, stops, giveUp }) {
  const note = join(dataDir, 'nats-url');
  if (process.env.NATS_URL) {
    rmSync(note, { force: true });
    await requireNats(process.env.NATS_URL);
    return { url: process.env.NATS_URL, users: null };
  }
  return progress.step('Starting NATS', async (say) => {
    const binary = await ensureNatsServer({ cacheDir: join(dataDir, 'tools'), onProgress: say });
    const { services, users } = natsUsers(secrets.natsPasswords);
    // Acknowledged means on disk: the server's default would lose two minutes in a power cut.
    const options = { binary, storeDir: join(dataDir, 'nats'), log: join(dataDir, 'logs', 'nats.log'), users, syncInterval: 'always' };
    const first = await startNats(options);
    const { stop } = keepRunning({ name: 'NATS', first, again: ({ port }) => startNats({ ...options, port }), note: progress.note, giveUp });
    stops.add({ rank: ranks.bus, name: 'NATS', stop });
    writeFileAtomically(note, `nats://operator:${secrets.natsPasswords.operator}@127.0.0.1:${first.port}\n`);
    say(`nats-server ${first.version} on 127.0.0.1:${first.port}`);
    return { url: first.url, users: services };
  });
}
