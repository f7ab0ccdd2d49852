import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { unpackDebianPackage, unpackedEarlier } from './debian-package.mjs';
import { Failure } from './failure.mjs';

const debian = { name: 'mariadb-server-core', files: ['usr/sbin/mariadbd'] };

/**
 * @typedef {object} Mariadb
 * @property {string} program path of `mariadbd`
 * @property {string} base the folder its `share/mysql` lies in
 * @property {Readonly<Record<string, string>>} environment where it finds its libraries, if they came with it
 */

/**
 * A mariadbd: the PATH's, one unpacked earlier, the package of this machine's release unpacked privately with the libraries that are missing.
 * @param {{ cacheDir: string, onProgress?: (line: string) => void, environment?: NodeJS.ProcessEnv }} options `cacheDir`: where an unpacked one is kept
 * @returns {Promise<Mariadb>}
 * @throws Failure that says how to get one
 */
export async function ensureMariadb({ cacheDir, onProgress, environment = process.env }) {
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].filter((folder) => folder !== '');
  const found = [...folders.map((folder) => join(folder, 'mariadbd')), ...unpackedEarlier(cacheDir, debian)].find((path) => existsSync(path) && version(path) !== null);
  if (found !== undefined) return describe(found);
  const { path, reason } = await unpackDebianPackage({ ...debian, suite: null, dependencies: true, cacheDir, onProgress, accept: version });
  if (path === null) throw new Failure(`MariaDB is not on this machine${reason === null ? '' : ` (${reason})`}. Install it so that mariadbd is on the PATH.`);
  return describe(path);
}

/**
 * @param {string} program
 * @returns {Mariadb}
 */
function describe(program) {
  const base = dirname(dirname(realpathSync(program)));
  const libraries = join(base, 'lib');
  const own = existsSync(libraries) ? readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu')).map((name) => join(libraries, name)) : [];
  return { program, base, environment: base === '/usr' || own.length === 0 ? {} : { LD_LIBRARY_PATH: own.join(delimiter) } };
}

/**
 * @param {string} program
 * @returns {string | null} such as `10.11.19`; null if it does not run
 */
function version(program) {
  const { status, stdout } = spawnSync(program, ['--no-defaults', '--version'], { encoding: 'utf8', env: { ...process.env, ...describe(program).environment } });
  return status === 0 ? (/(\d+\.\d+\.\d+)-MariaDB/i.exec(stdout)?.[1] ?? null) : null;
}
