import { readFileSync } from 'node:fs';
import { writeFileAtomically } from './write-file-atomically.mjs';

/**
 * The port that was used last time, so that addresses people noted down stay valid.
 * @param {string} file
 * @returns {number | null}
 */
export function recallPort(file) {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} file
 * @param {number} port
 */
export function rememberPort(file, port) {
  if (recallPort(file) !== port) writeFileAtomically(file, `${port}\n`, 0o644);
}
