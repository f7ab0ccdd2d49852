import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../infra/write-file-atomically.mjs';

/**
 * What the demonstration has made so far. Written down after each step: a start that is interrupted goes on where it was.
 * @typedef {object} DemoState
 * @property {string} [platformId]
 * @property {string} [projectId]
 * @property {string} [userId]
 * @property {string} [apiKeyId]
 * @property {string} [oauthAppId]
 * @property {string} [connectionId]
 * @property {Record<string, number>} [rows] in the warehouse after the last sync, by stream
 */

/** @param {string} dataDir */
export function openDemoState(dataDir) {
  const file = join(dataDir, 'demo.json');
  const keyFile = join(dataDir, 'api-key');
  /** @type {DemoState} */
  let state = read(file);
  return {
    keyFile,
    get: () => state,
    /** @param {DemoState} more */
    remember(more) {
      state = { ...state, ...more };
      writeFileAtomically(file, `${JSON.stringify(state, null, 2)}\n`);
    },
    /** @returns {string | null} */
    apiKey: () => (existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : null),
    /** @param {string} key */
    keepApiKey: (key) => writeFileAtomically(keyFile, `${key}\n`),
    /** The database is another one: nothing that was made is in it. */
    forget() {
      state = {};
      rmSync(file, { force: true });
      rmSync(keyFile, { force: true });
    },
  };
}

/** @typedef {ReturnType<typeof openDemoState>} DemoMemory */

/**
 * @param {string} file
 * @returns {DemoState}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
