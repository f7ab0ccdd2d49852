import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackDebianPackage, unpackedEarlier } from './debian-package.mjs';
import { Failure } from './failure.mjs';

/** JetStream's consumers with several subjects and `sync_interval` need it. */
const oldest = [2, 10];

/** The first Debian release whose nats-server is new enough; its package runs on the release before it as well. */
const debian = { name: 'nats-server', suite: 'trixie', files: ['usr/sbin/nats-server', 'usr/bin/nats-server'] };

/** Package managers that install it for the whole machine, by a command that asks nothing. */
const managers = [
  { program: 'brew', args: ['install', '--quiet', 'nats-server'], needsRoot: false },
  { program: 'apk', args: ['add', '--no-cache', 'nats-server'], needsRoot: true },
  { program: 'dnf', args: ['install', '-y', '-q', 'nats-server'], needsRoot: true },
];

/**
 * The path of a nats-server of at least version 2.10: NATS_SERVER, the PATH, one unpacked earlier, Debian's package unpacked privately,
 * the machine's package manager.
 * @param {{ cacheDir: string, onProgress?: (line: string) => void, environment?: NodeJS.ProcessEnv }} options `cacheDir`: where an unpacked one is kept
 * @returns {Promise<string>}
 * @throws Failure that says how to get one
 */
export async function ensureNatsServer({ cacheDir, onProgress, environment = process.env }) {
  const set = environment.NATS_SERVER;
  if (set) {
    const version = natsVersion(set);
    if (isNewEnough(version)) return set;
    throw new Failure(version === null ? `NATS_SERVER is ${set}, which does not run as a nats-server.` : `NATS_SERVER is ${set}, version ${version}; at least ${oldest.join('.')} is needed.`);
  }
  const found = onPath(environment) ?? cached(cacheDir);
  if (found !== null) return found;

  const reasons = [];
  const unpacked = await unpackDebianPackage({ ...debian, cacheDir, onProgress, accept: (path) => (isNewEnough(natsVersion(path)) ? natsVersion(path) : null) });
  if (unpacked.path !== null) return unpacked.path;
  if (unpacked.reason !== null) reasons.push(unpacked.reason);

  for (const { program, args, needsRoot } of managers) {
    if (find(program, environment) === null || (needsRoot && process.getuid?.() !== 0)) continue;
    onProgress?.(`installing nats-server with ${program}`);
    const { status } = spawnSync(program, args, { stdio: 'ignore', env: environment });
    const installed = status === 0 ? onPath(environment) : null;
    if (installed !== null) return installed;
    reasons.push(`${program} has none that is new enough`);
  }
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  throw new Failure(`nats-server ${oldest.join('.')} or newer is not on this machine${why}. Install it so that it is on the PATH, or set NATS_SERVER to its path, or NATS_URL to a running server.`);
}

/**
 * @param {string} binary
 * @returns {string | null} such as `2.10.27`; null if it does not run
 */
export function natsVersion(binary) {
  const { status, stdout } = spawnSync(binary, ['-v'], { encoding: 'utf8' });
  return status === 0 ? (/v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null) : null;
}

/** @param {string | null} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = (version ?? '0.0').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @param {NodeJS.ProcessEnv} environment */
function onPath(environment) {
  const binary = find('nats-server', environment);
  return binary !== null && isNewEnough(natsVersion(binary)) ? binary : null;
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} environment
 */
function find(program, environment) {
  // An ordinary user's PATH often lacks the sbin folders, where Debian puts it.
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} cacheDir */
function cached(cacheDir) {
  return unpackedEarlier(cacheDir, debian).find((path) => isExecutable(path) && isNewEnough(natsVersion(path))) ?? null;
}
