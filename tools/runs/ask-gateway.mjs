import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../infra/data-folder.mjs';
import { Failure } from '../infra/failure.mjs';

/** The installation's own key: TRUNKLINE_ADMIN_KEY (or the file it names), else that of `npm start` in this folder. */
export function adminKey() {
  const { TRUNKLINE_ADMIN_KEY: key, TRUNKLINE_ADMIN_KEY_FILE: file } = process.env;
  if (key) return key;
  if (file) return readFileSync(file, 'utf8').trim();
  const secrets = join(dataFolder(), 'secrets.json');
  const kept = existsSync(secrets) ? JSON.parse(readFileSync(secrets, 'utf8')).adminKey : undefined;
  if (typeof kept === 'string') return kept;
  throw new Failure("This needs the installation's admin key: set TRUNKLINE_ADMIN_KEY.");
}

/**
 * A request to a running installation.
 * @param {{ url: string, key: string, method: string, path: string, json?: object | undefined, timeoutMs?: number }} request
 */
export async function askGateway({ url, key, method, path, json, timeoutMs = 30_000 }) {
  const headers = { authorization: `Bearer ${key}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) };
  const init = { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }), signal: AbortSignal.timeout(timeoutMs) };
  const response = await fetch(`${url}${path}`, init).catch((cause) => {
    throw new Failure(`Nobody answers at ${url}: start Trunkline, or name its address with --url.`, { cause });
  });
  const body = /** @type {any} */ (await response.json().catch(() => ({})));
  if (!response.ok) throw new Failure(`Trunkline refused (${response.status}): ${body?.params?.message ?? 'without a reason'}`);
  return body;
}
