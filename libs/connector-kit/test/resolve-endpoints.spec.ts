import { Secret } from '@trunkline/contracts';
import { authorizeEndpoint, expectedIssuer, requestToken, resolveEndpoints, revocationEndpoint, tokenEndpoint } from '../src/index.js';
import { acmeOauth } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';

let server: LocalServer;
let published: (origin: string) => Reply;
let documents: Record<string, unknown>;
beforeEach(async () => {
  documents = {};
  published = (origin) => ({ body: { issuer: `${origin}/id`, authorization_endpoint: `${origin}/a`, token_endpoint: `${origin}/t`, ...documents } });
  server = await startServer(({ path }, origin) => (path === '/t' ? { body: { access_token: 'x' } } : path === '/id/.well-known/openid-configuration' ? published(origin) : { status: 404 }));
});
afterEach(() => server.close());

const target = (fields: Record<string, unknown> = {}) => ({
  inputs: {}, settings: { acme_url: server.origin },
  connector: acmeOauth({ authorize_url: undefined, token_url: undefined, discovery: { issuer: '{{settings.acme_url}}/id' }, ...fields }),
});
const resolve = (fields?: Record<string, unknown>) => resolveEndpoints(server.egress, target(fields));

it('finds the endpoints an issuer publishes, once in ten minutes', async () => {
  documents = { revocation_endpoint: `${server.origin}/r`, code_challenge_methods_supported: ['S256'], token_endpoint_auth_methods_supported: ['client_secret_post'], authorization_response_iss_parameter_supported: true };
  const { connector, inputs, settings } = await resolve();
  expect([authorizeEndpoint, tokenEndpoint, revocationEndpoint, expectedIssuer].map((at) => at(connector, inputs, settings))).toEqual(['a', 't', 'r', 'id'].map((path) => `${server.origin}/${path}`));
  expect(connector.auth.OAUTH2).toMatchObject({ issuerRequired: true, pkce: 'supported', clientAuthentication: 'client_secret_post' });
  await resolve();
  expect(server.received).toHaveLength(1);
});

it('knows the older place too, and leaves a connector without an issuer alone', async () => {
  published = () => ({ status: 404 });
  await expect(resolve()).rejects.toMatchObject({ kind: 'rejected' });
  expect(server.received.map(({ path }) => path)).toEqual(['/id/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/id']);
  const plain = { ...target(), connector: acmeOauth({}) };
  expect(await resolveEndpoints(server.egress, plain)).toBe(plain);
});

it.each([
  ['another issuer', { issuer: 'https://evil.test' }],
  ['its issuer with a slash more', (origin: string) => ({ issuer: `${origin}/id/` })],
  ['a token endpoint elsewhere', { token_endpoint: 'https://evil.test/token' }],
  ['a consent page elsewhere', { authorization_endpoint: 'https://evil.test/authorize' }],
  ['a revocation endpoint elsewhere', { revocation_endpoint: 'https://evil.test/revoke' }],
  ['an endpoint with user info', (origin: string) => ({ token_endpoint: origin.replace('//', '//user@') })],
  ['an endpoint with a variable in it', (origin: string) => ({ token_endpoint: `${origin}/{{settings.acme_url}}` })],
  ['no endpoint', { token_endpoint: 7 }],
  ['a way of proof we do not have', { token_endpoint_auth_methods_supported: ['tls_client_auth'] }],
])('refuses an issuer that publishes %s', async (_, change) => {
  documents = typeof change === 'function' ? change(server.origin) : change;
  await expect(resolve()).rejects.toMatchObject({ kind: 'rejected' });
  const outcome = await requestToken({ ...target(), egress: server.egress, app: { clientId: 'c', clientSecret: new Secret('s') }, grant: { grantType: 'client_credentials' } });
  expect(outcome).toMatchObject({ kind: 'refused', class: 'misconfigured', sent: false });
  expect(server.received.filter(({ method }) => method === 'POST')).toEqual([]);
});

it('takes PKCE as it is published, and insists on it where the connector does', async () => {
  documents = { code_challenge_methods_supported: ['plain'] };
  expect((await resolve()).connector.auth.OAUTH2?.pkce).toBe('unsupported');
  await expect(resolve({ pkce: 'required' })).rejects.toMatchObject({ kind: 'rejected' });
});

it('keeps no failure, and an outage is one that passes', async () => {
  published = () => ({ status: 503 });
  await expect(resolve()).rejects.toMatchObject({ kind: 'unavailable' });
  published = (origin) => ({ status: 302, headers: { location: `${origin}/elsewhere` } });
  await expect(resolve()).rejects.toMatchObject({ kind: expect.stringMatching(/unavailable|rejected/) as string });
  expect(server.received.map(({ path }) => path)).not.toContain('/elsewhere');
  published = (origin) => ({ body: { issuer: `${origin}/id`, authorization_endpoint: `${origin}/a`, token_endpoint: `${origin}/t` } });
  const app = { clientId: 'c', clientSecret: new Secret('s') };
  expect(await requestToken({ ...target(), egress: server.egress, app, grant: { grantType: 'client_credentials' } })).toMatchObject({ kind: 'granted' });
});
