import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../infra/data-folder.mjs';
import { Failure } from '../infra/failure.mjs';

/**
 * A connection to the NATS server: the one NATS_URL names (with NATS_USER, NATS_PASSWORD), else that of a running `npm start`, as its operator.
 * @returns {Promise<import('@nats-io/transport-node').NatsConnection>}
 * @throws Failure if nobody answers
 */
export async function connectToNats() {
  const { connect } = await import('@nats-io/transport-node').catch((cause) => {
    throw new Failure('The dependencies are not installed. Run npm ci (or npm start, which does it).', { cause });
  });
  const address = natsAddress();
  try {
    return await connect({ ...address, name: 'trunkline-tools', timeout: 5_000, reconnect: false });
  } catch (cause) {
    const refused = /authorization/i.test(String(cause));
    throw new Failure(refused ? 'NATS refused the user: set NATS_USER and NATS_PASSWORD to one that may read the streams.' : 'NATS does not answer: start Trunkline with npm start, or set NATS_URL to a running server.', { cause });
  }
}

/** @returns {{ servers: string[], user?: string, pass?: string }} */
function natsAddress() {
  const { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  if (url) return { servers: url.split(',').map((server) => server.trim()), ...(user ? { user, pass: pass ?? '' } : {}) };
  const file = join(dataFolder(), 'nats-url');
  if (!existsSync(file)) throw new Failure(`There is no NATS server yet in ${dataFolder()}. Start Trunkline with npm start, or set NATS_URL.`);
  const own = new URL(readFileSync(file, 'utf8').trim());
  return { servers: [own.host], user: decodeURIComponent(own.username), pass: decodeURIComponent(own.password) };
}
