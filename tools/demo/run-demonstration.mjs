import { connectSandbox } from './connect-sandbox.mjs';
import { countRows } from './count-rows.mjs';
import { createProject, registerOAuthApp } from './create-project.mjs';
import { openDemoState } from './demo-state.mjs';
import { createHttpClient, UnexpectedAnswer } from './http-client.mjs';
import { runSync } from './run-sync.mjs';
import { useToken } from './use-token.mjs';

/**
 * @typedef {object} Outcome what `--once` ends with
 * @property {string} connector
 * @property {string} connectionId
 * @property {string} runId
 * @property {Record<string, number>} streams records read in this run
 * @property {number} records their sum
 * @property {number} sinkRows rows of this connection in the warehouse that are not deleted
 * @property {number} refreshes tokens refreshed
 *
 * @typedef {{ outcome: Outcome, accountName: string | null, lifeSeconds: number | null, keyFile: string, live: Record<string, number>, isNew: boolean }} DemoReport
 */

/**
 * Shows over HTTP that everything works: a project of its own, the sandbox connected by OAuth, a token handed out and refreshed, a sync, and
 * its records in the warehouse. What an earlier start made is used again.
 * @param {object} options
 * @param {string} options.baseUrl the public address
 * @param {string} [options.localUrl] where this machine reaches it (default: the public address)
 * @param {string} options.adminKey
 * @param {string} options.dataDir where ids (`demo.json`) and the API key (`api-key`) are kept
 * @param {string} options.sandboxUrl
 * @param {string} options.sandboxClientSecret
 * @param {string} options.databaseUrl
 * @param {import('../setup/progress.mjs').Progress} options.onProgress
 * @returns {Promise<DemoReport>}
 */
export async function runDemonstration({ baseUrl, localUrl = baseUrl, adminKey, dataDir, sandboxUrl, sandboxClientSecret, databaseUrl, onProgress }) {
  const http = createHttpClient({ publicUrl: baseUrl, localUrl });
  const memory = openDemoState(dataDir);
  const { step } = onProgress;

  const apiKey = await step('A project and its API key', async () => {
    if (!(await isKnown(http, memory.apiKey()))) memory.forget();
    const key = await createProject(http, memory, adminKey);
    await registerOAuthApp(http, memory, { adminKey, clientSecret: sandboxClientSecret });
    return key;
  });
  const connection = await step('Connecting the sandbox by OAuth', async (say) => {
    const connected = await connectSandbox(http, memory, { apiKey, sandboxUrl });
    if (!connected.isNew) say('still connected from an earlier start');
    return connected;
  });
  const { connectionId, accountName, isNew } = connection;
  const token = await step('Handing out a token, refreshing it', () => useToken(http, { apiKey }));
  const sync = await step('Syncing', (say) => runSync(http, { apiKey, connectionId, say }));
  const { rows, live } = await step('Waiting for the records in the warehouse', (say) =>
    countRows({ databaseUrl, connectionId, expected: (isNew ? undefined : memory.get().rows) ?? sync.streams, say }),
  );
  memory.remember({ rows });
  const sinkRows = Object.values(live).reduce((sum, count) => sum + count, 0);
  const { runId, streams, records } = sync;
  const outcome = { connector: 'sandbox_crm', connectionId, runId, streams, records, sinkRows, refreshes: token.refreshes };
  return { outcome, accountName, lifeSeconds: token.lifeSeconds, keyFile: memory.keyFile, live, isNew };
}

/**
 * False if there is no key yet, if it is of another database, or if it was revoked.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {string | null} apiKey
 */
async function isKnown(http, apiKey) {
  if (apiKey === null) return false;
  try {
    await http.call('/api/connectors', { headers: { 'x-api-key': apiKey } });
    return true;
  } catch (error) {
    if (error instanceof UnexpectedAnswer && error.status === 401) return false;
    throw error;
  }
}
