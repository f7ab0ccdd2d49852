/** Something a person can act on: shown as its message alone, without a stack. */
export class Failure extends Error {
  /**
   * @param {string} message one line: what was wrong and what to do
   * @param {{ cause?: unknown }} [options]
   */
  constructor(message, options) {
    super(message, options);
    this.name = 'Failure';
  }
}

// The last two are PostgreSQL's when a part of a write still fitted.
const diskIsFull = /ENOSPC|No space left on device|disk quota exceeded|EDQUOT|Check free disk space|could not extend file/i;

/**
 * The one line for a known trouble found in an error or in a program's output; null if nothing is recognised.
 * @param {string} text
 * @param {string} [place] folder or program to name
 * @returns {string | null}
 */
export function recognise(text, place) {
  const where = place === undefined ? '' : ` (${place})`;
  if (diskIsFull.test(text)) return `The disk is full${where}. Free some space, or set TRUNKLINE_DATA_DIR to a folder on another disk, and start again.`;
  if (/EROFS|Read-only file system/i.test(text)) return `The disk is read-only${where}. Set TRUNKLINE_DATA_DIR to a folder that can be written.`;
  if (/EMFILE|ENFILE|Too many open files/i.test(text)) return `Too many open files${where}. Raise the limit (ulimit -n 4096) and start again.`;
  return null;
}

/**
 * One line for a person, whatever was thrown.
 * @param {unknown} error
 * @returns {string}
 */
export function oneLine(error) {
  if (error instanceof Failure) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const path = error instanceof Error && 'path' in error ? String(error.path) : undefined;
  return recognise(`${code} ${text}`, path) ?? (text.split('\n').find((line) => line.trim() !== '') ?? 'unknown error');
}
