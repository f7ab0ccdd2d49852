import { connections, credentials, principals, Secret, syncs, authorizations, apiKeys, type Connection, type Principal, type ReplyOf } from '@trunkline/contracts';
import { AppError, type RunningService } from '@trunkline/service';
import { answerRpc, startTestNats, startTestService, waitFor, type TestNats } from '@trunkline/testing';
import { gateway } from '../src/index.js';

const principal: Principal = { kind: 'api_key', id: 'key_1', platformId: 'plat_1', projectId: 'proj_1', userId: 'user_1', scopes: ['connections:read', 'connections:write', 'syncs:run', 'tokens:resolve'] };
const connection: Connection = {
  id: 'conn_1', externalId: 'x', platformId: 'plat_1', projectId: 'proj_1', ownerId: 'user_1', connector: 'hubspot', authMethod: 'OAUTH2', displayName: 'HubSpot',
  status: 'active', statusReason: null, account: { id: '1', name: 'Acme' }, inputs: {}, connectedAt: '2026-01-01T00:00:00.000Z', created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z',
};

describe('the gateway', () => {
  let nats: TestNats;
  let service: RunningService;
  let url: string;
  const stops: { stop(): Promise<void> }[] = [];
  let asked = 0;
  let syncsStarted = 0;
  const completions: unknown[] = [];

  beforeAll(async () => {
    nats = await startTestNats();
    stops.push(
      await answerRpc(nats.url, principals.authenticate, ({ key }): Principal => {
        asked += 1;
        if (key.reveal() === 'reader') return { ...principal, scopes: ['connections:read'] };
        if (key.reveal().startsWith('good')) return principal;
        throw new AppError('AUTHENTICATION', 'The key is not valid.');
      }),
      await answerRpc(nats.url, connections.list, ({ ownerId }): { connections: Connection[] } => ({ connections: ownerId === undefined ? [connection, { ...connection, id: 'conn_2', ownerId: 'user_2', status: 'degraded', statusReason: 'reauth_required' }] : [connection] })),
      await answerRpc(nats.url, connections.connect, ({ connector, credential }) => {
        if (credential.type === 'SECRET_TEXT' && credential.secretText.reveal() === 'wrong') throw new AppError('INVALID_APP_CONNECTION', 'The provider refused the key (401).');
        return { ...connection, connector, authMethod: credential.type };
      }),
      await answerRpc(nats.url, connections.authorize, ({ connector, browserBinding, returnUrl, inputs }) => {
        if (returnUrl === 'https://evil.example/') throw new AppError('RETURN_URL_NOT_ALLOWED', 'not on the list');
        return { connectionId: 'conn_1', connector, expiresAt: '2026-01-01T00:10:00.000Z', authorizationUrl: `https://provider.example/authorize?state=s&length=${browserBinding.reveal().length}&shop=${inputs.shop ?? ''}` };
      }),
      await answerRpc(nats.url, authorizations.complete, (request) => {
        completions.push({ ...request, browserBinding: request.browserBinding?.reveal() ?? null });
        if (request.query.error !== undefined) throw new AppError('AUTHORIZATION_DENIED', 'You <b>refused</b> consent.');
        return { connectionId: 'conn_1', connector: request.connector, account: { id: '1', name: '<Acme>' }, returnUrl: request.query.code === 'return' ? 'https://app.example/done?a=1' : null };
      }),
      await answerRpc(nats.url, credentials.resolve, ({ connector, minimumSeconds }): ReplyOf<typeof credentials.resolve> => ({
        connectionId: 'conn_1', connector: connector ?? '', type: 'OAUTH2', token: new Secret(`token-${minimumSeconds ?? 0}`), tokenType: 'Bearer', username: null, props: null, expiresAt: null, warning: null,
      })),
      await answerRpc(nats.url, syncs.run, (): ReplyOf<typeof syncs.run> => {
        syncsStarted += 1;
        return { status: 'started', syncId: 'sync_1', connectors: ['hubspot'] };
      }),
      await answerRpc(nats.url, syncs.get, ({ syncId }) => {
        throw AppError.notFound('sync', syncId);
      }),
      await answerRpc(nats.url, apiKeys.revoke, () => {
        throw new Error('the inner text of a crash');
      }),
    );
    service = await startTestService(gateway, { natsUrl: nats.url, environment: { PORT: '0', TRUNKLINE_PUBLIC_URL: 'https://trunkline.example' } });
    url = service.url!;
  });
  afterAll(async () => {
    await service?.close();
    await Promise.all(stops.map((responder) => responder.stop()));
    await nats?.stop();
  });

  const call = (path: string, init: RequestInit & { key?: string } = {}) => {
    const { key = 'good', ...rest } = init;
    return fetch(`${url}${path}`, { redirect: 'manual', ...rest, headers: { ...(key === '' ? {} : { 'x-api-key': key }), ...(rest.body === undefined ? {} : { 'content-type': 'application/json' }), ...rest.headers } });
  };

  it('lists connections in the words of each reference', async () => {
    // The sync service is not there in this test: the list is answered all the same.
    expect(await (await call('/api/connectors')).json()).toEqual([
      { id: 'conn_1', type: 'hubspot', status: 'connected', lastSync: null, accountName: 'Acme', connectedAt: '2026-01-01T00:00:00.000Z' },
      { id: 'conn_2', type: 'hubspot', status: 'error', lastSync: null, accountName: 'Acme', connectedAt: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(await (await call('/api/connectors/list')).json()).toEqual({ connections: [{ id: 'conn_1', provider: 'hubspot', type: 'oauth', status: 'connected', account: 'Acme', userId: 'user_1' }] });
    expect(await (await call('/api/connectors/list?team=true')).json()).toMatchObject({ connections: [{ id: 'conn_1' }, { id: 'conn_2', status: 'disconnected' }] });
  });

  it.each([
    ['no key', { key: '' }, 401, 'AUTHENTICATION'],
    ['a wrong key', { key: 'bad' }, 401, 'AUTHENTICATION'],
    ['a huge key', { key: 'g'.repeat(2_000) }, 401, 'AUTHENTICATION'],
  ])('refuses %s', async (_, init, status, code) => {
    const response = await call('/api/connectors', init);
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await response.json()).toMatchObject({ statusCode: status, code, params: { message: expect.any(String) as string }, requestId: expect.any(String) as string });
  });

  it('takes the key as a bearer token or service token too', async () => {
    expect((await call('/api/connectors', { key: '', headers: { authorization: 'Bearer good' } })).status).toBe(200);
    expect((await call('/api/connectors', { key: '', headers: { 'x-reeve-services-token': 'good' } })).status).toBe(200);
  });

  it('refuses a key without the scope', async () => {
    const response = await call('/api/sync/run', { key: 'reader', method: 'POST' });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'AUTHORIZATION', params: { scope: 'syncs:run' } });
  });

  it('asks the registry once for many requests with one key', async () => {
    const before = asked;
    await Promise.all(Array.from({ length: 50 }, () => call('/api/connectors', { key: 'good-many' })));
    expect(asked - before).toBe(1);
  });

  it('connects by key in both dialects and passes on the refusal', async () => {
    const connected = await call('/api/connectors/connect', { method: 'POST', body: JSON.stringify({ provider: 'stripe', api_key: 'sk' }) });
    expect([connected.status, await connected.json()]).toEqual([200, { connected: true, provider: 'stripe', connectionId: 'conn_1', account_name: 'Acme' }]);
    const created = await call('/api/connectors', { method: 'POST', body: JSON.stringify({ type: 'stripe', credentials: { apiKey: 'sk' } }) });
    expect([created.status, await created.json()]).toMatchObject([201, { type: 'stripe', status: 'connected' }]);
    const refused = await call('/api/connectors/connect', { method: 'POST', body: JSON.stringify({ provider: 'stripe', api_key: 'wrong' }) });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'INVALID_APP_CONNECTION' }]);
  });

  it.each([
    ['not JSON', '{', 400, 'VALIDATION'],
    ['a wrong type', '{"provider":1,"api_key":"x"}', 400, 'VALIDATION'],
    ['a missing member', '{"provider":"stripe"}', 400, 'VALIDATION'],
    ['an unknown member', '{"provider":"stripe","api_key":"x","extra":1}', 400, 'VALIDATION'],
    ['__proto__', '{"provider":"stripe","api_key":"x","__proto__":{"a":1}}', 400, 'VALIDATION'],
    ['an array', '[]', 400, 'VALIDATION'],
    ['nothing', '', 400, 'VALIDATION'],
    ['too much', JSON.stringify({ provider: 'stripe', api_key: 'x'.repeat(300_000) }), 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses a body that is %s', async (_, body, status, code) => {
    const response = await call('/api/connectors/connect', { method: 'POST', body });
    const answer = (await response.json()) as { code: string; params: { message: string } };
    expect([response.status, answer.code]).toEqual([status, code]);
    expect(answer.params.message).not.toMatch(/at .*\.js|node_modules/);
  });

  it('refuses a content type it does not know, and a path that is not there', async () => {
    expect((await call('/api/connectors/connect', { method: 'POST', body: '<x/>', headers: { 'content-type': 'application/xml' } })).status).toBe(415);
    const missing = await call('/api/nothing/here');
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
  });

  it('starts a sync by POST and by GET, but by no other method', async () => {
    const before = syncsStarted;
    expect(await (await call('/api/sync/run', { method: 'POST' })).json()).toEqual({ status: 'started', syncId: 'sync_1', connectors: ['hubspot'] });
    expect((await call('/api/sync/run')).status).toBe(200);
    expect(syncsStarted - before).toBe(2);
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH']) expect((await call('/api/sync/run', { method })).status).toBeGreaterThanOrEqual(400);
    expect(syncsStarted - before).toBe(2);
    expect(await (await call('/api/sync/nope')).json()).toMatchObject({ statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { entityType: 'sync', entityId: 'nope' } });
  });

  it('hands out a token that nobody may keep', async () => {
    const response = await call('/api/connectors/hubspot/token', { method: 'POST', body: '{"minimumSeconds":60}' });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ provider: 'hubspot', token: 'token-60' });
    expect((await call('/api/connectors/hubspot/token', { method: 'POST' })).status).toBe(200);
    expect((await call('/api/connectors/hubspot/token', { method: 'POST', body: '{"minimumSeconds":-1}' })).status).toBe(400);
  });

  it('sends the browser to consent with a cookie, and passes the cookie to the callback', async () => {
    const start = await call('/api/connectors/shopify/auth?shop=acme');
    expect(start.status).toBe(302);
    expect(start.headers.get('location')).toBe('https://provider.example/authorize?state=s&length=43&shop=acme');
    const cookie = start.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^trunkline_browser=[\w-]{43}; Max-Age=3600; Path=\/api; HttpOnly; Secure; SameSite=Lax$/);
    const json = await call('/api/oauth/shopify/authorize', { headers: { cookie: cookie.split(';')[0]! } });
    expect(await json.json()).toMatchObject({ auth_url: expect.stringContaining('https://provider.example/') as string, connectionId: 'conn_1' });
    expect(json.headers.get('set-cookie')).toContain(cookie.split(';')[0]);

    const done = await call('/api/connectors/shopify/callback?code=c&state=s', { key: '', headers: { cookie: cookie.split(';')[0]! } });
    expect(await done.json()).toEqual({ connected: true, provider: 'shopify', connectionId: 'conn_1', account_name: '<Acme>' });
    expect(done.headers.get('referrer-policy')).toBe('no-referrer');
    expect(completions.at(-1)).toMatchObject({ callback: 'connectors', connector: 'shopify', query: { code: 'c', state: 's' }, browserBinding: cookie.split(/[=;]/)[1] });
  });

  it('answers a browser with a page or a redirect, with foreign text encoded', async () => {
    const page = await call('/api/oauth/shopify/callback?code=c&state=s', { key: '', headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('&lt;Acme&gt;');
    const back = await call('/api/oauth/shopify/callback?code=return&state=s', { key: '', headers: { accept: 'text/html' } });
    expect([back.status, back.headers.get('location')]).toEqual([302, 'https://app.example/done?a=1&connected=shopify&connectionId=conn_1']);
    const denied = await call('/api/oauth/shopify/callback?error=access_denied&state=s', { key: '', headers: { accept: 'text/html' } });
    expect([denied.status, await denied.text()]).toEqual([400, expect.stringContaining('You &lt;b&gt;refused&lt;/b&gt; consent.')]);
    expect(await (await call('/api/oauth/shopify/callback?error=access_denied&state=s', { key: '' })).json()).toMatchObject({ code: 'AUTHORIZATION_DENIED' });
  });

  it('refuses a callback with a doubled parameter before anyone is asked', async () => {
    const before = completions.length;
    const response = await call('/api/connectors/shopify/callback?code=a&code=b&state=s', { key: '' });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'AUTHORIZATION_STATE_INVALID' }]);
    expect(completions.length).toBe(before);
  });

  it('refuses a return target that is not on the list without redirecting', async () => {
    const response = await call('/api/connectors/shopify/auth?redirect_uri=https%3A%2F%2Fevil.example%2F');
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('hides what went wrong inside', async () => {
    const response = await call('/api/v1/api-keys/key_1', { method: 'DELETE' });
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('inner text');
  });

  it('describes every route it serves, in OpenAPI 3.1', async () => {
    const document = (await (await call('/api/docs/openapi.json', { key: '' })).json()) as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/connectors', '/api/connectors/{type}/auth', '/api/sync/run', '/api/connectors/{provider}/token', '/api/v1/api-keys']));
    expect((await call('/api/docs', { key: '' })).status).toBe(200);
  });

  it('is unready without NATS and ready again with it', async () => {
    await nats.kill('SIGKILL');
    await waitFor(async () => (await fetch(`${url}/health/ready`)).status === 503, { what: 'unready' });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await nats.restart();
    await waitFor(async () => (await fetch(`${url}/health/ready`)).status === 200, { what: 'ready again' });
    expect((await call('/api/connectors')).status).toBe(200);
  }, 40_000);
});
