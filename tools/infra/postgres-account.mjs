import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from './failure.mjs';

/**
 * How PostgreSQL's programs are run here, and where.
 * @typedef {object} Footing
 * @property {string} folder that holds the programs
 * @property {string} data the data folder, as the server will see it
 * @property {readonly string[]} prefix command that goes in front
 * @property {{ uid: number, gid: number }} [account] to run as
 * @property {{ uid: number, gid: number } | null} owner who must own the data folder; null: whoever runs this
 */

/** Where root puts what an ordinary account cannot reach in its proper place. */
const reachablePlace = '/var/lib/trunkline';

/**
 * PostgreSQL refuses to run as root. Then it runs as an ordinary account, in place if that account can reach the project and the data
 * folder; else in a user namespace in which root looks like that account; else from copies in a reachable place.
 * @param {{ binaries: import('./postgres-binaries.mjs').PostgresBinaries, dataDir: string, namespaces?: boolean, elsewhere?: string, onProgress?: (line: string) => void }} options
 *   `namespaces`: whether they may be tried (default true); `elsewhere`: the reachable place
 * @returns {Footing}
 * @throws Failure if no way works
 */
export function findFooting({ binaries, dataDir, namespaces = true, elsewhere = reachablePlace, onProgress }) {
  if (process.getuid?.() !== 0) return { folder: binaries.folder, data: dataDir, prefix: [], owner: null };
  const account = ordinaryAccount();
  mkdirSync(dirname(dataDir), { recursive: true });
  const moved = lstatSync(dataDir, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  const place = moved ? readlinkSync(dataDir) : dataDir;
  if (moved) makeReachable(dirname(place));
  const runs = works([join(binaries.folder, 'postgres'), '--version'], account);
  const reaches = works(['test', '-x', dirname(place)], account);
  if (runs && reaches) return { folder: binaries.folder, data: place, prefix: [], account, owner: account };

  const prefix = ['unshare', `--map-user=${account.uid}`, `--map-group=${account.gid}`, '--'];
  if (namespaces && !moved && works([...prefix, join(binaries.folder, 'postgres'), '--version'])) {
    return { folder: binaries.folder, data: dataDir, prefix, owner: { uid: 0, gid: 0 } };
  }
  const data = reaches ? place : moveAway(dataDir, elsewhere, account, onProgress);
  const folder = runs ? binaries.folder : copyPrograms(binaries, dirname(data));
  if (!works([join(folder, 'postgres'), '--version'], account)) {
    throw new Failure(`PostgreSQL does not run as root, and the account ${account.name} cannot run it from ${folder}. Start as an ordinary user, or set DATABASE_URL to a running server.`);
  }
  return { folder, data, prefix: [], account, owner: account };
}

/** @returns {{ name: string, uid: number, gid: number }} an account the machine knows: PostgreSQL looks up its own name */
function ordinaryAccount() {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([known]) => known === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Failure('PostgreSQL does not run as root, and this machine has neither an account "postgres" nor "nobody". Start as an ordinary user, or set DATABASE_URL to a running server.');
}

/**
 * @param {readonly string[]} command
 * @param {{ uid: number, gid: number }} [account]
 */
function works([program = '', ...args], account) {
  const options = account === undefined ? {} : { uid: account.uid, gid: account.gid };
  return spawnSync(program, args, { ...options, cwd: '/', stdio: 'ignore' }).status === 0;
}

/**
 * @param {string} dataDir
 * @param {string} elsewhere
 * @param {{ name: string, uid: number, gid: number }} account
 * @param {((line: string) => void) | undefined} onProgress
 * @returns {string} the new place, to which the old one is now a link
 */
function moveAway(dataDir, elsewhere, account, onProgress) {
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new Failure(`The account ${account.name} can no longer reach ${dataDir}. Let others pass through its parent folders (chmod o+x), or start as an ordinary user.`);
  }
  // Named at random: another installation at the same path later must not find this one's data under a password it does not know.
  const home = join(elsewhere, randomBytes(6).toString('hex'));
  makeReachable(elsewhere);
  makeReachable(home);
  rmSync(dataDir, { recursive: true, force: true });
  symlinkSync(join(home, 'postgres'), dataDir);
  onProgress?.(`The database is kept in ${home}: its account (${account.name}) cannot reach ${dirname(dataDir)}.`);
  return join(home, 'postgres');
}

/**
 * A folder others may pass, whatever the umask says.
 * @param {string} path
 */
function makeReachable(path) {
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

/**
 * @param {import('./postgres-binaries.mjs').PostgresBinaries} binaries
 * @param {string} beside
 * @returns {string} the folder of the copied programs
 */
function copyPrograms(binaries, beside) {
  if (binaries.root === null) return binaries.folder;
  const target = join(beside, `postgresql-${binaries.version}`);
  if (!existsSync(target)) {
    const draft = `${target}.${randomBytes(4).toString('hex')}`;
    cpSync(binaries.root, draft, { recursive: true, verbatimSymlinks: true });
    letOthersRead(draft);
    renameSync(draft, target);
  }
  return join(target, 'bin');
}

/** @param {string} folder whose files may have been made under a strict umask */
function letOthersRead(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) letOthersRead(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/**
 * Gives a data folder to its account, whole: an earlier run may have used another one.
 * @param {string} path
 * @param {Footing['owner']} owner
 */
export function giveTo(path, owner) {
  if (owner === null || statSync(path).uid === owner.uid) return;
  const walk = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const inner = join(folder, entry.name);
      if (entry.isDirectory()) walk(inner);
      lchownSync(inner, owner.uid, owner.gid);
    }
  };
  walk(path);
  // The folder itself last: it says that all beneath is done.
  chownSync(path, owner.uid, owner.gid);
}
