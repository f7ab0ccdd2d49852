import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../infra/data-folder.mjs';
import { Failure } from '../infra/failure.mjs';

/**
 * The database to speak to: DATABASE_URL, else the embedded server of a running `npm start`.
 * @returns {string}
 * @throws Failure if there is neither
 */
export function databaseAddress() {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const file = join(dataFolder(), 'database-url');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Failure(`There is no database yet in ${dataFolder()}. Start Trunkline with npm start, or set DATABASE_URL.`);
}

/**
 * @param {unknown} error of connecting
 * @returns {Failure | null} null if the database answered
 */
export function nobodyAnswers(error) {
  const { code } = /** @type {{ code?: string }} */ (error);
  // 57P03: it is starting or stopping. 28P01 and 3D000 at our own address: another server has taken the port.
  if (code !== undefined && ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', '57P03'].includes(code)) {
    return new Failure('The database does not answer: Trunkline is not running. Start it with npm start, or set DATABASE_URL to a running server.', { cause: error });
  }
  return null;
}
