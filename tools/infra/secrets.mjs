import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from './data-folder.mjs';
import { Failure } from './failure.mjs';
import { writeFileAtomically } from './write-file-atomically.mjs';

/** The services that have a NATS user each; `operator` is the person's own and may do everything. */
export const natsUserNames = ['gateway', 'connector-registry', 'oauth-broker', 'token-refresher', 'sync-orchestrator', 'analytics-sink', 'operator'];

/**
 * @typedef {object} Secrets
 * @property {string} masterKey base64 of the 32 bytes that seal every stored credential
 * @property {string} adminKey
 * @property {string} sessionSecret signs the tokens of people's sessions
 * @property {string} postgresPassword of the embedded server's superuser
 * @property {string} databasePassword of the role the services use
 * @property {string} sandboxClientSecret
 * @property {Record<string, string>} natsPasswords by user name
 */

const random = () => randomBytes(32).toString('base64url');

/**
 * The installation's own secrets, made once and kept in `secrets.json`, which only the owner reads. What a newer version needs in
 * addition is added; nothing is ever replaced.
 * @param {string} folder the data folder; made if missing
 * @returns {Secrets}
 * @throws Failure if the file is damaged
 */
export function loadSecrets(folder) {
  makeDataFolder(folder);
  const path = join(folder, 'secrets.json');
  const kept = existsSync(path) ? read(path) : {};
  const secrets = {
    masterKey: kept.masterKey ?? randomBytes(32).toString('base64'),
    adminKey: kept.adminKey ?? random(),
    sessionSecret: kept.sessionSecret ?? random(),
    postgresPassword: kept.postgresPassword ?? random(),
    databasePassword: kept.databasePassword ?? random(),
    sandboxClientSecret: kept.sandboxClientSecret ?? random(),
    natsPasswords: { ...kept.natsPasswords, ...Object.fromEntries(natsUserNames.map((name) => [name, kept.natsPasswords?.[name] ?? random()])) },
  };
  const text = `${JSON.stringify({ ...kept, ...secrets }, null, 2)}\n`;
  if (text !== `${JSON.stringify(kept, null, 2)}\n`) writeFileAtomically(path, text);
  return secrets;
}

/**
 * @param {string} path
 * @returns {Partial<Secrets>}
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Failure(`${path} cannot be read as JSON. It holds the key to all stored credentials: restore it from a backup. To begin anew, delete the whole data folder.`);
  }
}
