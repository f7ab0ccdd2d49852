import { Failure } from '../infra/failure.mjs';
import { waitUntil } from './wait-until.mjs';

const connector = 'sandbox_crm';
/** A change of a connection's state is visible within 65 s. */
const connectedBoundMs = 70_000;

/**
 * The connection to the sandbox: the one of an earlier start if it still works, else a new walk through the sandbox's consent.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {import('./demo-state.mjs').DemoMemory} memory
 * @param {{ apiKey: string, sandboxUrl: string }} options
 * @returns {Promise<{ connectionId: string, accountName: string | null, isNew: boolean }>}
 */
export async function connectSandbox(http, memory, { apiKey, sandboxUrl }) {
  const known = memory.get().connectionId;
  const kept = (await listConnections(http, apiKey)).find(({ id, status }) => id === known && status === 'connected');
  if (kept !== undefined) return { connectionId: kept.id, accountName: kept.accountName, isNew: false };
  await walkThroughConsent(http, { apiKey, sandboxUrl });
  let seen = 'no connection is listed';
  const connection = await waitUntil(
    async () => {
      const listed = (await listConnections(http, apiKey)).filter(({ type }) => type === connector);
      seen = listed.length === 0 ? seen : listed.map(({ status }) => `status ${status}`).join(', ');
      return listed.find(({ status, id }) => status === 'connected' && id !== undefined) ?? null;
    },
    { what: () => `the connection to be "connected" (${seen})`, boundMs: connectedBoundMs },
  );
  memory.remember({ connectionId: connection.id });
  return { connectionId: connection.id, accountName: connection.accountName, isNew: true };
}

/**
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {string} apiKey
 * @returns {Promise<{ id: string, type: string, status: string, accountName: string | null }[]>}
 */
const listConnections = (http, apiKey) => http.call('/api/connectors', { headers: { 'x-api-key': apiKey } });

/**
 * What a person does in a browser: start at Trunkline, allow at the sandbox, come back.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {{ apiKey: string, sandboxUrl: string }} options
 */
async function walkThroughConsent(http, { apiKey, sandboxUrl }) {
  const visit = http.openBrowser();
  const consent = await visit(new URL(`/api/connectors/${connector}/auth`, http.publicUrl), { headers: { 'x-api-key': apiKey } });
  if (consent.url.origin !== new URL(sandboxUrl).origin || !consent.url.pathname.startsWith('/interaction/')) {
    throw new Failure(`The sandbox's consent page was expected, but the walk ended at ${consent.url.origin}${consent.url.pathname}`);
  }
  const back = await visit(consent.url, { method: 'POST', form: { decision: 'allow', account: 'acc_1' } });
  if (back.body?.connected !== true) throw new Failure(`The way back from consent ended at ${back.url.origin}${back.url.pathname} without a connection`);
}
