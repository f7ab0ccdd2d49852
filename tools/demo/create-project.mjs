const scopes = ['connections:read', 'connections:write', 'syncs:run', 'flows:read', 'flows:write', 'tokens:resolve'];

/**
 * A platform, a project, a person and the project's API key: what an operator does once, by the admin key.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {import('./demo-state.mjs').DemoMemory} memory
 * @param {string} adminKey
 * @returns {Promise<string>} the API key
 */
export async function createProject(http, memory, adminKey) {
  const make = (/** @type {string} */ path, /** @type {object} */ json) => http.call(path, { method: 'POST', headers: { authorization: `Bearer ${adminKey}` }, json });
  const { platformId = (await make('/api/v1/platforms', { name: 'First platform' })).id } = memory.get();
  memory.remember({ platformId });
  const { projectId = (await make('/api/v1/projects', { platformId, displayName: 'First project' })).id } = memory.get();
  memory.remember({ projectId });
  const person = { platformId, email: 'owner@demo.example', firstName: 'Demo', lastName: 'Owner', platformRole: 'ADMIN' };
  const { userId = (await make('/api/v1/users', person)).id } = memory.get();
  memory.remember({ userId });

  const kept = memory.apiKey();
  if (kept !== null) return kept;
  const { id, key } = await make('/api/v1/api-keys', { projectId, userId, displayName: 'First key', scopes });
  memory.keepApiKey(key);
  memory.remember({ apiKeyId: id });
  return key;
}

/**
 * Tells Trunkline the client id and secret it has at the sandbox.
 * @param {import('./http-client.mjs').HttpClient} http
 * @param {import('./demo-state.mjs').DemoMemory} memory
 * @param {{ adminKey: string, clientSecret: string }} options
 */
export async function registerOAuthApp(http, memory, { adminKey, clientSecret }) {
  const { platformId, oauthAppId } = memory.get();
  if (oauthAppId !== undefined) return;
  const app = { platformId, connector: 'sandbox_crm', clientId: 'trunkline-sandbox', clientSecret };
  const { id } = await http.call('/api/v1/oauth-apps', { method: 'POST', headers: { authorization: `Bearer ${adminKey}` }, json: app });
  memory.remember({ oauthAppId: id });
}
