import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';

const defaultCapBytes = 20 * 1024 * 1024;
const kept = 3;

/**
 * Moves a log that has grown past its cap aside (`.1` is the newest, `.3` the oldest). Called before the log is opened.
 * @param {string} path
 * @param {number} [capBytes] default 20 MiB
 */
export function rotate(path, capBytes = defaultCapBytes) {
  if (sizeOf(path) < capBytes) return;
  rmSync(`${path}.${kept}`, { force: true });
  for (let number = kept - 1; number >= 1; number -= 1) {
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameSync(path, `${path}.1`);
}

/** @param {string} path */
export function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/**
 * The lines written since an offset (at most the last 256 KiB of them).
 * @param {string} path
 * @param {number} [from] offset in bytes
 * @returns {string[]}
 */
export function readSince(path, from = 0) {
  const size = sizeOf(path);
  const start = Math.max(from, size - 256 * 1024);
  if (size <= start) return [];
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(size - start);
    const bytes = readSync(file, buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytes).toString('utf8').split('\n').filter((line) => line.trim() !== '');
  } finally {
    closeSync(file);
  }
}
