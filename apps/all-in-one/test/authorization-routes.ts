import { smallConnector } from './small-connector.js';
import type { Caller, Place, Route } from './authorization-matrix.js';

const read = 'connections:read' as const;
const write = 'connections:write' as const;
const placeholder = (externalId: string, more: object = {}) => ({ displayName: 'Matrix', pieceName: 'sandbox_crm', type: 'PLACEHOLDER', externalId, value: { type: 'PLACEHOLDER' }, ...more });

/** Admins of a platform and the operator look after its users; a person sees the own account only, and a key of a project none. */
const users = (caller: Caller, place: Place): 'yes' | 403 | 404 | undefined => {
  const { reach, scopes } = caller.rights!;
  if (reach !== 'project' && scopes.includes('admin')) return undefined;
  return caller.kind === 'person' && place === 'own' ? 404 : caller.kind === 'person' ? 404 : 403;
};

/** The catalog is everybody's. */
const inCatalog = (_: Caller, place: Place) => (place === 'nobody' ? 404 : 'yes');

/** A project's request sees what is shared with it and may not change it; what is not shared with it is not there. Whoever names a project works in its platform. */
const ofPlatform = ({ rights }: Caller, place: Place): 403 | 404 | undefined => {
  if (!rights!.scopes.some((scope) => scope === 'admin' || scope === write)) return 403;
  if (place === 'foreign platform') return 404;
  return rights!.reach !== 'project' ? undefined : place === 'own' ? 403 : 404;
};

/** Every route there is, with what it needs. The test compares the list with the OpenAPI document: a route that is missing here fails it. */
export const routes: readonly Route[] = [
  // Tenancy
  { method: 'GET', path: '/api/v1/platforms', scope: 'admin', realm: 'platform' },
  { method: 'POST', path: '/api/v1/platforms', scope: 'admin', realm: 'installation', body: ({ unique }) => ({ name: unique }) },
  { method: 'GET', path: '/api/v1/platforms/{id}', scope: 'admin', realm: 'platform', target: 'platform' },
  { method: 'POST', path: '/api/v1/platforms/{id}', scope: 'admin', realm: 'platform', target: 'platform', body: ({ unique }) => ({ name: unique }) },
  { method: 'GET', path: '/api/v1/projects', scope: null, realm: 'managed' },
  { method: 'POST', path: '/api/v1/projects', scope: 'admin', realm: 'platform', body: ({ unique }) => ({ displayName: unique }) },
  { method: 'GET', path: '/api/v1/projects/{id}', scope: null, realm: 'managed', target: 'project' },
  { method: 'POST', path: '/api/v1/projects/{id}', scope: 'admin', realm: 'managed', target: 'project', body: ({ unique }) => ({ displayName: unique }) },
  { method: 'GET', path: '/api/v1/users', scope: null, realm: 'managed', rule: ({ kind, rights }) => (kind === 'person' || (rights!.reach !== 'project' && rights!.scopes.includes('admin')) ? 'yes' : 403) },
  { method: 'POST', path: '/api/v1/users', scope: 'admin', realm: 'platform', body: ({ unique }) => ({ email: `${unique}@example.com`, firstName: 'A', lastName: 'B' }) },
  { method: 'GET', path: '/api/v1/users/{id}', scope: null, realm: 'platform', target: 'user', rule: users },
  { method: 'POST', path: '/api/v1/users/{id}', scope: null, realm: 'platform', target: 'user', body: ({ unique }) => ({ firstName: unique }), rule: users },
  { method: 'GET', path: '/api/v1/members', scope: null, realm: 'managed', rule: ({ kind, rights }) => (kind === 'person' || rights!.scopes.includes('admin') ? 'yes' : 403) },
  { method: 'POST', path: '/api/v1/members', scope: 'admin', realm: 'managed', body: ({ user }) => ({ userId: user, role: 'VIEWER' }) },
  { method: 'DELETE', path: '/api/v1/members', scope: 'admin', realm: 'managed', query: '?userId=user_nobody' },
  { method: 'GET', path: '/api/v1/api-keys', scope: 'admin', realm: 'managed' },
  { method: 'POST', path: '/api/v1/api-keys', scope: 'admin', realm: 'managed', body: ({ unique }) => ({ displayName: unique, scopes: [read] }) },
  { method: 'GET', path: '/api/v1/api-keys/{id}', scope: 'admin', realm: 'managed', target: 'apiKey' },
  { method: 'DELETE', path: '/api/v1/api-keys/{id}', scope: 'admin', realm: 'managed', target: 'apiKey' },
  { method: 'POST', path: '/api/v1/sessions', scope: null, realm: 'public', body: ({ unique }) => ({ email: `${unique}@example.com`, password: 'not-the-password' }), rule: () => 401 },
  { method: 'POST', path: '/api/v1/sessions/cookie', scope: null, realm: 'public', body: ({ unique }) => ({ email: `${unique}@example.com`, password: 'not-the-password' }), rule: () => 401 },
  { method: 'DELETE', path: '/api/v1/sessions', scope: null, realm: 'managed' },
  { method: 'GET', path: '/api/v1/sessions/me', scope: null, realm: 'managed' },
  { method: 'GET', path: '/api/v1/oauth-apps', scope: 'admin', realm: 'managed' },
  { method: 'POST', path: '/api/v1/oauth-apps', scope: 'admin', realm: 'managed', body: () => ({ connector: 'sandbox_graphql', clientId: 'x', clientSecret: 'y' }) },
  { method: 'GET', path: '/api/v1/oauth-apps/{id}', scope: 'admin', realm: 'managed', target: 'oauthApp' },
  { method: 'DELETE', path: '/api/v1/oauth-apps/{id}', scope: 'admin', realm: 'managed', target: 'oauthApp' },
  { method: 'GET', path: '/api/v1/signing-keys', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/v1/signing-keys', scope: write, realm: 'project', body: ({ unique }) => ({ displayName: unique, algorithm: 'ES256' }) },
  { method: 'GET', path: '/api/v1/signing-keys/{id}', scope: read, realm: 'project', target: 'signingKey' },
  { method: 'DELETE', path: '/api/v1/signing-keys/{id}', scope: write, realm: 'project', target: 'signingKey' },
  { method: 'GET', path: '/api/v1/vault/rotations', scope: 'admin', realm: 'installation' },
  { method: 'POST', path: '/api/v1/vault/rotations', scope: 'admin', realm: 'installation', body: () => ({ kind: 'master' }) },

  // Webhooks
  { method: 'GET', path: '/api/v1/webhooks', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/v1/webhooks', scope: 'admin', realm: 'project', body: ({ unique }) => ({ url: `https://example.com/${unique}`, enabled: false }) },
  { method: 'GET', path: '/api/v1/webhooks/{id}', scope: read, realm: 'project', target: 'webhook' },
  { method: 'POST', path: '/api/v1/webhooks/{id}', scope: 'admin', realm: 'project', target: 'webhook', body: ({ unique }) => ({ description: unique }) },
  { method: 'DELETE', path: '/api/v1/webhooks/{id}', scope: 'admin', realm: 'project', target: 'webhook' },
  { method: 'POST', path: '/api/v1/webhooks/{id}/rotate-secret', scope: 'admin', realm: 'project', target: 'webhook', body: () => ({}) },
  { method: 'POST', path: '/api/v1/webhooks/{id}/ping', scope: 'admin', realm: 'project', target: 'webhook' },
  { method: 'GET', path: '/api/v1/webhooks/{id}/deliveries', scope: read, realm: 'project', target: 'webhook' },
  { method: 'POST', path: '/api/v1/webhooks/{id}/replay', scope: 'admin', realm: 'project', target: 'webhook', body: () => ({ since: '2026-01-01T00:00:00Z' }) },

  // The catalog, and what concerns the installation
  { method: 'GET', path: '/api/v1/connectors', scope: null, realm: 'managed' },
  { method: 'POST', path: '/api/v1/connectors', scope: 'admin', realm: 'project', body: ({ unique }) => smallConnector(unique) },
  { method: 'GET', path: '/api/v1/connectors/definitions', scope: read, realm: 'project' },
  { method: 'GET', path: '/api/v1/connectors/definitions/{id}', scope: read, realm: 'project', target: 'connectorDefinition' },
  { method: 'DELETE', path: '/api/v1/connectors/definitions/{id}', scope: 'admin', realm: 'project', target: 'connectorDefinition' },
  { method: 'POST', path: '/api/v1/connectors/check', scope: write, realm: 'project', body: ({ unique }) => smallConnector(unique) },
  { method: 'POST', path: '/api/v1/connectors/dry-run', scope: write, realm: 'project', body: () => ({ connector: 'sandbox_crm', stream: 'contacts', value: { type: 'SECRET_TEXT', secret_text: 'sandbox-api-key' } }) },
  { method: 'POST', path: '/api/v1/connectors/draft', scope: write, realm: 'project', body: () => ({ openapi: { openapi: '3.0.0', info: { title: 'Small' }, servers: [{ url: 'https://api.example.com' }], paths: { '/items': { get: {} } } } }) },
  { method: 'GET', path: '/api/v1/connectors/{id}', scope: null, realm: 'managed', target: 'connector', rule: inCatalog },
  { method: 'GET', path: '/api/v1/connectors/{id}/logo', scope: null, realm: 'public', target: 'connector', rule: inCatalog },
  { method: 'GET', path: '/api/v1/egress-addresses', scope: null, realm: 'managed' },

  // Connections, apex and reeve
  { method: 'GET', path: '/api/connectors', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/connectors', scope: write, realm: 'project', body: () => ({ type: 'sandbox_crm', credentials: { api_key: 'sandbox-api-key' } }) },
  { method: 'DELETE', path: '/api/connectors', scope: write, realm: 'project', ownConnection: true, body: () => ({ type: 'sandbox_crm' }) },
  { method: 'GET', path: '/api/connectors/{type}/auth', scope: write, realm: 'project' },
  { method: 'GET', path: '/api/connectors/{type}/callback', scope: null, realm: 'public', query: '?code=x&state=y' },
  { method: 'GET', path: '/api/oauth/{provider}/authorize', scope: write, realm: 'project' },
  { method: 'GET', path: '/api/oauth/{provider}/callback', scope: null, realm: 'public', query: '?code=x&state=y' },
  { method: 'GET', path: '/api/connectors/list', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/connectors/connect', scope: write, realm: 'project', body: () => ({ provider: 'sandbox_crm', api_key: 'sandbox-api-key' }) },
  { method: 'DELETE', path: '/api/connectors/{provider}', scope: write, realm: 'project', ownConnection: true },
  { method: 'POST', path: '/api/connectors/{provider}/refresh', scope: write, realm: 'project', ownConnection: true, body: () => ({}) },
  { method: 'POST', path: '/api/connectors/{provider}/token', scope: 'tokens:resolve', realm: 'project', body: () => ({}) },
  { method: 'GET', path: '/api/sync/run', scope: 'syncs:run', realm: 'project' },
  { method: 'POST', path: '/api/sync/run', scope: 'syncs:run', realm: 'project' },
  { method: 'GET', path: '/api/sync/{syncId}', scope: 'syncs:run', realm: 'project', target: 'sync' },

  // Connections, activepieces
  { method: 'GET', path: '/api/v1/app-connections', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/v1/app-connections', scope: write, realm: 'project', body: ({ unique }) => placeholder(unique) },
  { method: 'GET', path: '/api/v1/app-connections/owners', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/v1/app-connections/replace', scope: write, realm: 'project', target: 'connection', body: ({ target, other }) => ({ sourceAppConnectionId: target, targetAppConnectionId: other }) },
  { method: 'POST', path: '/api/v1/app-connections/oauth2/authorization-url', scope: write, realm: 'project', body: ({ unique }) => ({ pieceName: 'sandbox_crm', externalId: unique }) },
  { method: 'POST', path: '/api/v1/app-connections/recompute', scope: write, realm: 'project', target: 'connection', body: ({ target }) => ({ id: target }) },
  { method: 'GET', path: '/api/v1/app-connections/{id}', scope: read, realm: 'project', target: 'connection' },
  { method: 'POST', path: '/api/v1/app-connections/{id}', scope: write, realm: 'project', target: 'connection', body: ({ unique }) => ({ displayName: unique }) },
  { method: 'DELETE', path: '/api/v1/app-connections/{id}', scope: write, realm: 'project', target: 'connection' },
  { method: 'POST', path: '/api/v1/app-connections/{id}/revalidate', scope: write, realm: 'project', target: 'keyConnection', body: () => ({}) },

  // Connections, apixx
  { method: 'POST', path: '/api/v1/app-connections/{id}/reconnect', scope: write, realm: 'project', target: 'keyConnection', body: () => ({ value: { type: 'SECRET_TEXT', secret_text: 'sandbox-api-key' } }) },
  { method: 'POST', path: '/api/v1/app-connections/{id}/rotate', scope: write, realm: 'project', target: 'keyConnection', body: () => ({ value: { type: 'SECRET_TEXT', secret_text: 'sandbox-api-key' } }) },
  { method: 'POST', path: '/api/v1/app-connections/{id}/enable', scope: write, realm: 'project', target: 'keyConnection', body: () => ({}) },
  { method: 'POST', path: '/api/v1/app-connections/{id}/disable', scope: write, realm: 'project', target: 'keyConnection', body: () => ({}) },
  { method: 'POST', path: '/api/v1/app-connections/{id}/verify', scope: write, realm: 'project', target: 'keyConnection', body: () => ({}) },
  { method: 'POST', path: '/api/v1/app-connections/{id}/calls', scope: 'tokens:resolve', realm: 'project', target: 'keyConnection', body: () => ({ outcome: 'succeeded' }) },
  { method: 'POST', path: '/api/v1/app-connections/{id}/token', scope: 'tokens:resolve', realm: 'project', target: 'keyConnection', body: () => ({}) },
  { method: 'GET', path: '/api/v1/app-connections/{id}/health', scope: read, realm: 'project', target: 'keyConnection' },
  { method: 'GET', path: '/api/v1/app-connections/{id}/scopes', scope: read, realm: 'project', target: 'keyConnection' },
  { method: 'GET', path: '/api/v1/app-connections/{id}/usage', scope: read, realm: 'project', target: 'keyConnection' },
  { method: 'GET', path: '/api/v1/health/refresh', scope: read, realm: 'project' },

  // Connections of the platform
  { method: 'GET', path: '/api/v1/global-connections', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/v1/global-connections', scope: write, realm: 'platform', body: ({ unique, project }) => placeholder(unique, { scope: 'PLATFORM', projectIds: [project] }) },
  { method: 'POST', path: '/api/v1/global-connections/{id}', scope: write, realm: 'platform', target: 'globalConnection', body: ({ unique }) => ({ displayName: unique }), rule: ofPlatform },
  { method: 'DELETE', path: '/api/v1/global-connections/{id}', scope: write, realm: 'platform', target: 'globalConnection', rule: ofPlatform },

  // Connect links: made and looked after with a key, opened by whoever has them
  { method: 'GET', path: '/api/v1/connect-links', scope: read, realm: 'project' },
  { method: 'POST', path: '/api/v1/connect-links', scope: write, realm: 'project', body: ({ unique }) => ({ endUser: { id: unique }, connectors: ['sandbox_crm'] }) },
  { method: 'GET', path: '/api/v1/connect-links/{id}', scope: read, realm: 'project', target: 'connectLink' },
  { method: 'DELETE', path: '/api/v1/connect-links/{id}', scope: write, realm: 'project', target: 'connectLink' },
  { method: 'GET', path: '/connect/{token}', scope: null, realm: 'public', rule: () => 404 },
  { method: 'POST', path: '/connect/{token}/authorize', scope: null, realm: 'public' },
  { method: 'POST', path: '/connect/{token}/key', scope: null, realm: 'public' },

  // Flows, runs, audit
  { method: 'GET', path: '/api/v1/flows', scope: 'flows:read', realm: 'project' },
  { method: 'POST', path: '/api/v1/flows', scope: 'flows:write', realm: 'project', target: 'keyConnection', body: ({ target, unique }) => ({ displayName: unique, connectionId: target }) },
  { method: 'GET', path: '/api/v1/flows/{id}', scope: 'flows:read', realm: 'project', target: 'flow' },
  { method: 'POST', path: '/api/v1/flows/{id}', scope: 'flows:write', realm: 'project', target: 'flow', body: ({ unique }) => ({ displayName: unique }) },
  { method: 'DELETE', path: '/api/v1/flows/{id}', scope: 'flows:write', realm: 'project', target: 'flow' },
  { method: 'POST', path: '/api/v1/flows/{id}/run', scope: 'syncs:run', realm: 'project', target: 'flow' },
  { method: 'GET', path: '/api/v1/runs', scope: 'flows:read', realm: 'project' },
  { method: 'GET', path: '/api/v1/runs/{id}', scope: 'flows:read', realm: 'project', target: 'run' },
  { method: 'GET', path: '/api/v1/runs/{id}/events', scope: 'flows:read', realm: 'project', target: 'run' },
  { method: 'GET', path: '/api/v1/runs/{id}/quarantined', scope: 'flows:read', realm: 'project', target: 'run' },
  { method: 'POST', path: '/api/v1/runs/{id}/cancel', scope: 'syncs:run', realm: 'project', target: 'run' },
  { method: 'POST', path: '/api/v1/runs/{id}/retry', scope: 'syncs:run', realm: 'project', target: 'run' },
  { method: 'GET', path: '/api/v1/audit', scope: 'audit:read', realm: 'managed' },
  { method: 'GET', path: '/api/v1/audit/export', scope: 'audit:read', realm: 'managed' },
  { method: 'GET', path: '/api/v1/audit/verify', scope: 'audit:read', realm: 'platform' },
];
