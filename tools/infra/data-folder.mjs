import { chmodSync, existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from './failure.mjs';
import { repositoryRoot } from './repository-root.mjs';

const neededBytes = 512 * 1024 * 1024;

/** Where this installation keeps its data: TRUNKLINE_DATA_DIR, or `.trunkline` in the repository. */
export function dataFolder() {
  const set = process.env.TRUNKLINE_DATA_DIR;
  return set ? resolve(set) : join(repositoryRoot, '.trunkline');
}

/**
 * Makes a folder for data of our own. Others may not look into it; as root they may pass through it, because PostgreSQL refuses to run
 * as root and lives beneath it under an ordinary account. What is secret has a mode of its own.
 * @param {string} path
 */
export function makeDataFolder(path) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true, mode });
  // Not recursively: where a folder cannot be made although its parent is there, that never ends.
  mkdirSync(path, { mode });
  chmodSync(path, mode);
}

/**
 * @param {string} path an existing folder
 * @throws Failure if its disk has too little room to begin with
 */
export function requireDiskSpace(path) {
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  if (free >= neededBytes) return;
  const megabytes = Math.floor(free / 1024 ** 2);
  throw new Failure(`The disk is full: ${megabytes} MB are free at ${path}, at least ${neededBytes / 1024 ** 2} MB are needed. Free some space, or set TRUNKLINE_DATA_DIR to a folder on another disk.`);
}
