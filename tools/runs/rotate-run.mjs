import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { adminKey, askGateway } from './ask-gateway.mjs';
import { run } from './run.mjs';

const usage = 'npm run rotate -- master|data [--tenant proj_…|plat_…] [--destroy-old] [--watch] [--url http://localhost:3000]';
const watchEveryMs = 1_000;

/**
 * @typedef {{ id: string, status: 'running' | 'done' | 'failed', total: number, done: number, failed: number, lastError: string | null }} Rotation
 * @typedef {{ credentials: Rotation, clientSecrets: Rotation }} Pair
 */

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const { body, url, watch } = options(args);
    const key = adminKey();
    const call = (/** @type {string} */ method, /** @type {object | undefined} */ json) => askGateway({ url, key, method, path: '/api/v1/vault/rotations', json });
    /** @type {Pair} */
    let pair = /** @type {any} */ (await call('POST', body));
    print(pair);
    while (watch && running(pair)) {
      await pause(watchEveryMs);
      const before = JSON.stringify(pair);
      pair = found(pair, /** @type {any} */ (await call('GET', undefined)));
      if (JSON.stringify(pair) !== before) print(pair);
    }
    process.stdout.write(`${JSON.stringify(pair)}\n`);
    return [pair.credentials, pair.clientSecrets].some(({ status }) => status === 'failed') ? 1 : 0;
  });

/** @param {readonly string[]} args */
export function options(args) {
  let parsed;
  try {
    const flags = /** @type {const} */ ({
      tenant: { type: 'string' },
      'destroy-old': { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      url: { type: 'string', default: 'http://localhost:3000' },
    });
    parsed = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (cause) {
    throw new Failure(`${/** @type {Error} */ (cause).message}. ${usage}`, { cause });
  }
  const { values, positionals } = parsed;
  const [kind] = positionals;
  if (positionals.length !== 1 || (kind !== 'master' && kind !== 'data')) throw new Failure(`Say which keys: ${usage}`);
  const { tenant, watch, url } = values;
  return { url: url.replace(/\/+$/, ''), watch, body: { kind, destroyOld: values['destroy-old'], ...(tenant === undefined ? {} : { tenant }) } };
}

/**
 * @param {Pair} pair
 * @param {{ credentials: Rotation[], clientSecrets: Rotation[] }} listed
 * @returns {Pair}
 */
function found({ credentials, clientSecrets }, listed) {
  const of = (/** @type {Rotation} */ rotation, /** @type {Rotation[]} */ among) => among.find(({ id }) => id === rotation.id) ?? rotation;
  return { credentials: of(credentials, listed.credentials), clientSecrets: of(clientSecrets, listed.clientSecrets) };
}

const running = (/** @type {Pair} */ { credentials, clientSecrets }) => [credentials, clientSecrets].some(({ status }) => status === 'running');

/** @param {Pair} pair */
function print({ credentials, clientSecrets }) {
  process.stdout.write(`${line('credentials', credentials)}\n${line('client secrets', clientSecrets)}\n`);
}

/**
 * @param {string} what
 * @param {Rotation} rotation
 */
export function line(what, { id, status, total, done, failed, lastError }) {
  return `${what.padEnd(14)}  ${status.padEnd(7)}  ${done} of ${total}${failed > 0 ? `, ${failed} failed` : ''}  ${id}${lastError === null ? '' : `  (${lastError})`}`;
}
