import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Failure } from '../infra/failure.mjs';
import { adminKey, askGateway } from './ask-gateway.mjs';
import { run } from './run.mjs';

const usage = 'npm run rotate -- master|data [--tenant proj_…|plat_…] [--destroy-old] [--watch] [--url http://localhost:3000]';
const watchEveryMs = 1_000;

/**
 * @typedef {{ id: string, status: 'running' | 'done' | 'failed', total: number, done: number, failed: number, lastError: string | null }} Rotation
 * @typedef {{ credentials: Rotation, clientSecrets: Rotation, webhookSecrets: Rotation }} Started one for each service that seals
 */

/** @param {readonly string[]} args */
export const main = (args) =>
  run(async () => {
    const { body, url, watch } = options(args);
    const key = adminKey();
    const call = (/** @type {string} */ method, /** @type {object | undefined} */ json) => askGateway({ url, key, method, path: '/api/v1/vault/rotations', json });
    /** @type {Started} */
    let started = /** @type {any} */ (await call('POST', body));
    print(started);
    while (watch && running(started)) {
      await pause(watchEveryMs);
      const before = JSON.stringify(started);
      started = found(started, /** @type {any} */ (await call('GET', undefined)));
      if (JSON.stringify(started) !== before) print(started);
    }
    process.stdout.write(`${JSON.stringify(started)}\n`);
    return Object.values(started).some(({ status }) => status === 'failed') ? 1 : 0;
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
 * @param {Started} started
 * @param {{ [Name in keyof Started]: Rotation[] }} listed
 * @returns {Started}
 */
function found({ credentials, clientSecrets, webhookSecrets }, listed) {
  const of = (/** @type {Rotation} */ rotation, /** @type {Rotation[]} */ among) => among.find(({ id }) => id === rotation.id) ?? rotation;
  return { credentials: of(credentials, listed.credentials), clientSecrets: of(clientSecrets, listed.clientSecrets), webhookSecrets: of(webhookSecrets, listed.webhookSecrets) };
}

const running = (/** @type {Started} */ started) => Object.values(started).some(({ status }) => status === 'running');

/** @param {Started} started */
function print({ credentials, clientSecrets, webhookSecrets }) {
  process.stdout.write(`${line('credentials', credentials)}\n${line('client secrets', clientSecrets)}\n${line('webhook secrets', webhookSecrets)}\n`);
}

/**
 * @param {string} what
 * @param {Rotation} rotation
 */
export function line(what, { id, status, total, done, failed, lastError }) {
  return `${what.padEnd(15)}  ${status.padEnd(7)}  ${done} of ${total}${failed > 0 ? `, ${failed} failed` : ''}  ${id}${lastError === null ? '' : `  (${lastError})`}`;
}
