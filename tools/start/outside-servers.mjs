import { connect } from 'node:net';
import { Failure } from '../infra/failure.mjs';

/** A server that is being started beside us gets this long. */
const patienceMs = 10_000;

/**
 * @param {string} url of DATABASE_URL
 * @throws Failure if no connection can be opened
 */
export async function requireDatabase(url) {
  const { default: pg } = await import('pg');
  await retry(async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
    try {
      await client.connect();
    } finally {
      await client.end().catch(() => undefined);
    }
  }, (reason) => `The database of DATABASE_URL cannot be reached: ${reason}. Start it, correct DATABASE_URL, or leave it out for an embedded one.`);
}

/**
 * @param {string} urls of NATS_URL, comma separated
 * @throws Failure if none of them accepts a connection
 */
export async function requireNats(urls) {
  const addresses = urls.split(',').map((url) => new URL(/^[a-z]+:\/\//.test(url.trim()) ? url.trim() : `nats://${url.trim()}`));
  await retry(
    () => Promise.any(addresses.map(({ hostname, port }) => reach(hostname, Number(port) || 4_222))).catch(({ errors }) => Promise.reject(errors[0])),
    (reason) => `The NATS server of NATS_URL cannot be reached: ${reason}. Start it, correct NATS_URL, or leave it out for one of our own.`,
  );
}

/**
 * @param {() => Promise<unknown>} attempt
 * @param {(reason: string) => string} sentence
 */
async function retry(attempt, sentence) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline || !isWorthWaiting(error)) throw new Failure(sentence(words(error)), { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A refused connection or a server that is starting (57P03); not a wrong password or name. @param {unknown} error */
const isWorthWaiting = (error) => ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', '57P03'].includes(String(Object(error).code));

/** @param {unknown} error */
function words(error) {
  // A name with several addresses fails with all of their errors and no message of its own.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<void>}
 */
function reach(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 3_000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error(`no answer from ${host}:${port}`), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}
