import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { identify, isRunning } from './process-identity.mjs';

/** A lock that is being written is empty for a moment; an empty one older than this was left by a crash. */
const writingMs = 2_000;

/**
 * Takes a lock that a crash cannot leave behind: it names its holder, and a holder that no longer runs holds nothing.
 * @param {string} path
 * @returns {{ release(): void } | { heldBy: number }} the lock, or the process id of who holds it
 */
export function takeLock(path) {
  const self = identify(process.pid);
  const own = JSON.stringify({ pid: process.pid, startedAt: self?.startedAt });
  for (;;) {
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o644 });
      return { release: () => readLock(path) === own && rmSync(path, { force: true }) };
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const text = readLock(path);
    if (text === null) continue;
    const holder = parse(text);
    if (holder === null ? ageMs(path) < writingMs : isRunning(holder)) return { heldBy: holder?.pid ?? 0 };
    // Only the lock that was judged may go: another process may have replaced it meanwhile.
    if (readLock(path) === text) rmSync(path, { force: true });
  }
}

/**
 * Takes the lock, waiting for its holder.
 * @param {string} path
 * @param {{ onWait?: (pid: number) => void }} [options] `onWait` is told once who holds it
 * @returns {Promise<{ release(): void }>}
 */
export async function waitForLock(path, { onWait } = {}) {
  let told = false;
  for (;;) {
    const lock = takeLock(path);
    if ('release' in lock) return lock;
    if (!told) onWait?.(lock.heldBy);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** @param {string} path */
function readLock(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** @param {string} path */
function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * @param {string} text
 * @returns {import('./process-identity.mjs').ProcessIdentity | null}
 */
function parse(text) {
  try {
    const { pid, startedAt } = JSON.parse(text);
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}
