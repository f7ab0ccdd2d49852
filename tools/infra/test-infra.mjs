import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, requireDiskSpace } from './data-folder.mjs';
import { ensureNatsServer } from './nats.mjs';
import { startPostgres } from './postgres.mjs';

/**
 * @typedef {object} TestInfra
 * @property {string} databaseUrl superuser's URL of a private PostgreSQL; every test file makes a database of its own in it
 * @property {string} natsServer path of a nats-server; every test file starts one of its own
 * @property {() => Promise<void>} stop
 */

/**
 * A private PostgreSQL in a temporary folder and a nats-server program: beside a running `npm start`, untouched by it.
 * @param {{ durable?: boolean, onProgress?: (line: string) => void }} [options] `durable`: force writes to disk, as in production (default false: thrown away anyway)
 * @returns {Promise<TestInfra>}
 */
export async function startTestInfra({ durable = false, onProgress } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-test-'));
  // As root PostgreSQL runs under an ordinary account, which must be able to pass.
  chmodSync(folder, 0o711);
  try {
    requireDiskSpace(folder);
    const [natsServer, postgres] = await Promise.all([
      ensureNatsServer({ cacheDir: join(dataFolder(), 'tools'), onProgress }),
      startPostgres({
        dataDir: join(folder, 'postgres'),
        password: randomBytes(16).toString('hex'),
        databasePassword: randomBytes(16).toString('hex'),
        durable,
        settings: { max_connections: '400' },
        // Immediate: the data is thrown away.
        ...(durable ? {} : { stopSignal: /** @type {const} */ ('SIGQUIT') }),
      }),
    ]);
    return {
      databaseUrl: postgres.superuserUrl,
      natsServer,
      stop: async () => {
        await postgres.stop();
        removeData(folder, postgres.data);
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * @param {string} folder
 * @param {string} data where the data really was, which may be outside of the folder
 */
function removeData(folder, data) {
  if (!data.startsWith(folder)) rmSync(join(data, '..'), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** @type {TestInfra | null} */
let own = null;

/**
 * For a test run that was not begun by `npm test`: starts what the tests need and says where, in TRUNKLINE_TEST_DATABASE_URL and
 * TRUNKLINE_TEST_NATS_SERVER. Does nothing if both are set already. A run that has only one of them gets the other.
 * @returns {Promise<void>}
 */
export async function ensureTestInfra() {
  if (process.env.TRUNKLINE_TEST_DATABASE_URL && process.env.TRUNKLINE_TEST_NATS_SERVER) return;
  own = await startTestInfra();
  process.env.TRUNKLINE_TEST_DATABASE_URL ||= own.databaseUrl;
  process.env.TRUNKLINE_TEST_NATS_SERVER ||= own.natsServer;
}

/** Stops what {@link ensureTestInfra} started. */
export async function stopTestInfra() {
  await own?.stop();
  own = null;
}
