import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure, recognise } from '../infra/failure.mjs';
import { waitForLock } from '../infra/lock-file.mjs';
import { repositoryRoot } from '../infra/repository-root.mjs';
import { writeFileAtomically } from '../infra/write-file-atomically.mjs';
import { hashOfFile } from './fingerprint.mjs';
import { runCommand } from './run-command.mjs';

/**
 * Brings `node_modules` into line with package-lock.json by `npm ci`, if it is not. Two runs at once wait for each other.
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} [root]
 * @returns {Promise<void>}
 * @throws Failure in one line
 */
export async function ensureInstalled(progress, root = repositoryRoot) {
  if (isInstalled(root)) return;
  mkdirSync(join(root, '.nx'), { recursive: true });
  const lock = await waitForLock(join(root, '.nx', 'prepare.lock'), { onWait: (pid) => progress.note(`waiting for another installation (process ${pid})`) });
  try {
    if (isInstalled(root)) return;
    await progress.step('Installing dependencies (npm ci)', (say) => install(root, say));
    writeFileAtomically(stampFile(root), `${hashOfFile(join(root, 'package-lock.json'))}\n`, 0o644);
  } finally {
    lock.release();
  }
}

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.trunkline-installed');

/**
 * True if what is installed is what the lock file says: by the stamp of our own installation, else by the list npm itself keeps, which it
 * writes last (an interrupted installation has none).
 * @param {string} root
 */
export function isInstalled(root) {
  const lockFile = join(root, 'package-lock.json');
  const listFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(listFile)) return false;
  const stamp = existsSync(stampFile(root)) ? readFileSync(stampFile(root), 'utf8').trim() : null;
  if (stamp === hashOfFile(lockFile)) return true;
  return sameAsLock(JSON.parse(readFileSync(lockFile, 'utf8')).packages, JSON.parse(readFileSync(listFile, 'utf8')).packages);
}

/**
 * @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean, resolved?: string }>} Packages
 * @param {Packages} wanted
 * @param {Packages} present
 */
export function sameAsLock(wanted, present) {
  const same = Object.entries(present).every(([path, { version, integrity, link, resolved }]) => {
    const entry = wanted[path];
    return entry !== undefined && entry.version === version && entry.integrity === integrity && (!link || entry.resolved === resolved);
  });
  // The workspace itself (`''`) is not in npm's list, and packages for other platforms are not installed.
  return same && Object.entries(wanted).every(([path, { optional }]) => path === '' || optional === true || path in present);
}

/**
 * @param {string} root
 * @param {(text: string) => void} say
 */
async function install(root, say) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const throughNpm = cli !== undefined && /^npm-cli\.(c?js)$/.test(basename(cli)) && existsSync(cli);
  const { ok, lines } = await runCommand({
    name: 'npm',
    command: throughNpm ? process.execPath : 'npm',
    args: throughNpm ? [cli, ...args] : args,
    cwd: root,
    log: join(root, '.nx', 'npm-ci.log'),
    onTick: (seconds) => say(`still installing after ${seconds} s`),
  });
  if (ok) return;
  const text = lines.join('\n');
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(text)) throw new Failure('npm could not reach its registry. Check the network or the proxy settings (npm config get registry) and start again.');
  const complaint = lines.find((line) => /^npm (error|ERR!) (?!code|errno|syscall|path|A complete log)/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  throw new Failure(recognise(text, root) ?? `npm ci failed: ${complaint.replace(/^npm (error|ERR!)\s*/, '')} (all of it: .nx/npm-ci.log)`);
}
