import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';

/**
 * Replaces a file whole: a reader, or whoever comes after a power cut, sees the old text or the new one, never a part.
 * @param {string} path
 * @param {string} text
 * @param {number} [mode] default 0600: only the owner reads it
 * @param {{ durable?: boolean }} [options] `durable`: wait until it is on disk (default true); a note about this very boot need not be
 */
export function writeFileAtomically(path, text, mode = 0o600, { durable = true } = {}) {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      writeSync(file, text);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  if (!durable) return;
  // The new name is durable only when the folder is.
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } catch {
    // Some file systems refuse to sync a folder; the file itself is safe.
  } finally {
    closeSync(folder);
  }
}
