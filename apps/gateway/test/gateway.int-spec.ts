import { apiKeys, authorizations, connections, connectors, credentials, Secret, syncs, type Connection, type ConnectorSummary, type ReplyOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { connection, World, type CallInit } from './world.js';

const summary: ConnectorSummary = {
  id: 'stripe', name: 'Stripe', category: 'finance', aliases: [], authMethods: [{ type: 'SECRET_TEXT', fields: [{ name: 'secret_text', title: 'API key', required: true, secret: true }], grantTypes: [], scopes: [] }],
  inputs: [], streams: [], rateLimit: 'Generous', latency: 'Seconds', staticEgress: false,
};

describe('the gateway', () => {
  let world: World;
  let syncsStarted = 0;
  const completions: unknown[] = [];
  const call = (path: string, init?: CallInit) => world.call(path, init);

  beforeAll(async () => {
    world = await World.start();
    await Promise.all([
      world.answer(connections.all)(({ ownerId, status }): { connections: Connection[] } => {
        const all: Connection[] = [
          { ...connection, pieceName: 'hub' },
          { ...connection, id: 'conn_2', ownerId: 'user_2', status: 'degraded', statusReason: 'reauth_required', account: { id: null, name: null }, pieceName: '@activepieces/piece-hubspot' },
          { ...connection, id: 'conn_3', status: 'missing', type: 'PLACEHOLDER' },
        ];
        return { connections: all.filter((one) => (ownerId === undefined || one.ownerId === ownerId) && (status === undefined || status.includes(one.status))) };
      }),
      world.answer(connectors.get)(({ connector }) => {
        if (connector === 'nothing') throw AppError.notFound('connector', connector);
        return { ...summary, id: connector };
      }),
      world.answer(connections.connect)(({ connector, value }) => {
        if (value.type === 'SECRET_TEXT' && value.secretText.reveal() === 'wrong') throw new AppError('INVALID_APP_CONNECTION', 'The provider refused the key (401).');
        return { ...connection, connector, pieceName: connector, type: value.type };
      }),
      world.answer(connections.authorize)(({ connector, browserBinding, returnUrl, inputs }) => {
        if (returnUrl === 'https://evil.example/') throw new AppError('RETURN_URL_NOT_ALLOWED', 'not on the list');
        return { connectionId: 'conn_1', connector, expiresAt: '2026-01-01T00:10:00.000Z', authorizationUrl: `https://provider.example/authorize?state=s&length=${browserBinding.reveal().length}&shop=${inputs.shop ?? ''}` };
      }),
      world.answer(authorizations.complete)((request) => {
        completions.push({ ...request, browserBinding: request.browserBinding?.reveal() ?? null });
        if (request.query.error !== undefined) throw new AppError('AUTHORIZATION_DENIED', 'You <b>refused</b> consent.');
        return { connectionId: 'conn_1', connector: 'meta_ads', pieceName: 'meta', account: { id: '1', name: '<Acme>' }, returnUrl: request.query.code === 'return' ? 'https://app.example/done?a=1' : null };
      }),
      world.answer(credentials.resolve)(({ minimumSeconds, userId, tokenName }): ReplyOf<typeof credentials.resolve> => ({
        connectionId: 'conn_1', connector: 'meta_ads', type: 'OAUTH2', token: new Secret(`${tokenName ?? 'token'}-${minimumSeconds ?? 0}-${userId ?? 'own'}`), tokenType: 'Bearer', username: null, props: null, expiresAt: null, warning: null,
      })),
      world.answer(syncs.run)((): ReplyOf<typeof syncs.run> => {
        syncsStarted += 1;
        return { status: 'started', syncId: 'sync_1', connectors: ['hubspot'] };
      }),
      world.answer(syncs.get)(({ syncId }) => {
        throw AppError.notFound('sync', syncId);
      }),
      world.answer(apiKeys.revoke)(() => {
        throw new Error('the inner text of a crash');
      }),
    ]);
  });
  afterAll(() => world?.stop());

  it('lists connections in the words of each reference', async () => {
    // The sync service is not there in this test: the list is answered all the same. Names come back as they were given.
    expect(await (await call('/api/connectors')).json()).toEqual([
      { id: 'conn_1', type: 'hub', status: 'connected', lastSync: null, accountName: 'Acme', connectedAt: '2026-01-01T00:00:00.000Z' },
      { id: 'conn_2', type: 'hubspot', status: 'error', lastSync: null, accountName: null, connectedAt: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(await (await call('/api/connectors/list')).json()).toEqual({ connections: [{ id: 'conn_1', provider: 'hub', type: 'oauth', status: 'connected', account: 'Acme', userId: 'user_1' }] });
    expect(await (await call('/api/connectors/list?team=true')).json()).toEqual({
      connections: [
        { id: 'conn_1', provider: 'hub', type: 'oauth', status: 'connected', account: 'Acme', userId: 'user_1' },
        { id: 'conn_2', provider: 'hubspot', type: 'oauth', status: 'disconnected', userId: 'user_2' },
      ],
    });
  });

  it('says when each connection was last read, as soon as somebody knows', async () => {
    await world.answer(syncs.last)(({ connectionIds }) => ({ lastSync: Object.fromEntries(connectionIds.slice(1).map((id) => [id, '2026-01-15T10:00:00.000Z'])) }));
    expect(await (await call('/api/connectors')).json()).toMatchObject([{ id: 'conn_1', lastSync: null }, { id: 'conn_2', lastSync: '2026-01-15T10:00:00.000Z' }]);
  });

  it.each([
    ['no key', { key: '' }, 401, 'AUTHENTICATION'],
    ['a wrong key', { key: 'bad' }, 401, 'AUTHENTICATION'],
    ['a huge key', { key: 'g'.repeat(9_000) }, 401, 'AUTHENTICATION'],
  ])('refuses %s', async (_, init, status, code) => {
    const response = await call('/api/connectors', init);
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await response.json()).toMatchObject({ statusCode: status, code, params: { message: expect.any(String) as string }, requestId: expect.any(String) as string });
  });

  it('takes the key as a bearer token or service token too', async () => {
    expect((await call('/api/connectors', { key: '', headers: { authorization: 'Bearer good' } })).status).toBe(200);
    expect((await call('/api/connectors', { key: '', headers: { 'x-services-token': 'good' } })).status).toBe(200);
    expect((await call('/api/connectors', { key: '', headers: { 'x-reeve-services-token': 'good' } })).status).toBe(200);
  });

  it('asks the registry once for many requests with one key', async () => {
    const before = world.asked;
    await Promise.all(Array.from({ length: 50 }, () => call('/api/connectors', { key: 'good-many' })));
    expect(world.asked - before).toBe(1);
  });

  it('connects by key in both dialects and passes on the refusal', async () => {
    const connected = await call('/api/connectors/connect', { method: 'POST', body: { provider: 'stripe', api_key: 'sk' } });
    expect([connected.status, await connected.json()]).toEqual([200, { connected: true, provider: 'stripe', connectionId: 'conn_1', account_name: 'Acme' }]);
    const created = await call('/api/connectors', { method: 'POST', body: { type: 'stripe', credentials: { apiKey: 'sk' } } });
    expect([created.status, await created.json()]).toMatchObject([201, { type: 'stripe', status: 'connected' }]);
    const refused = await call('/api/connectors/connect', { method: 'POST', body: { provider: 'stripe', api_key: 'wrong' } });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'INVALID_APP_CONNECTION' }]);
    const oauth = await call('/api/connectors', { method: 'POST', body: { type: 'hubspot' } });
    expect([oauth.status, await oauth.json()]).toMatchObject([400, { code: 'VALIDATION', params: { message: expect.stringContaining('/api/connectors/hubspot/auth') as string } }]);
    const unknown = await call('/api/connectors', { method: 'POST', body: { type: 'nothing', credentials: { apiKey: 'sk' } } });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'ENTITY_NOT_FOUND', params: { entityType: 'connector' } }]);
  });

  it('starts a sync by POST and by GET, but by no other method and by no cookie', async () => {
    const before = syncsStarted;
    expect(await (await call('/api/sync/run', { method: 'POST' })).json()).toEqual({ status: 'started', syncId: 'sync_1', connectors: ['hubspot'] });
    expect((await call('/api/sync/run')).status).toBe(200);
    expect(syncsStarted - before).toBe(2);
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH']) expect((await call('/api/sync/run', { method })).status).toBe(405);
    expect((await call('/api/sync/run', { key: '', headers: { cookie: 'trunkline_session=good' } })).status).toBe(401);
    expect(syncsStarted - before).toBe(2);
    expect(await (await call('/api/sync/nope')).json()).toMatchObject({ statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { entityType: 'sync', entityId: 'nope' } });
  });

  it('hands out a token that nobody may keep, by provider and user', async () => {
    const response = await call('/api/connectors/meta/token', { method: 'POST', body: { minimumSeconds: 60 } });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ provider: 'meta', token: 'token-60-own' });
    expect(await (await call('/api/connectors/meta/token', { method: 'POST', body: { userId: 'user_7' } })).json()).toMatchObject({ token: 'token-0-user_7' });
    expect((await call('/api/connectors/hubspot/token', { method: 'POST' })).status).toBe(200);
    expect((await call('/api/connectors/hubspot/token', { method: 'POST', body: { minimumSeconds: -1 } })).status).toBe(400);
    expect(await (await call('/api/connectors/slack/token', { method: 'POST', body: { tokenName: 'user' } })).json()).toMatchObject({ provider: 'slack', token: 'user-0-own' });
    expect((await call('/api/connectors/slack/token', { method: 'POST', body: { tokenName: '.user' } })).status).toBe(400);
  });

  it('sends the browser to consent with a cookie, and passes the cookie to the callback', async () => {
    const start = await call('/api/connectors/shopify/auth?shop=acme&projectId=proj_1');
    expect(start.status).toBe(302);
    expect(start.headers.get('location')).toBe('https://provider.example/authorize?state=s&length=43&shop=acme');
    const cookie = start.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^trunkline_browser=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const json = await call('/api/oauth/shopify/authorize', { headers: { cookie: cookie.split(';')[0]! } });
    expect(await json.json()).toMatchObject({ auth_url: expect.stringContaining('https://provider.example/') as string, connectionId: 'conn_1' });
    expect(json.headers.get('set-cookie')).toContain(cookie.split(';')[0]);

    const done = await call('/api/oauth/meta/callback?code=c&state=s', { key: '', headers: { cookie: cookie.split(';')[0]! } });
    expect(await done.json()).toEqual({ connected: true, provider: 'meta', connectionId: 'conn_1', account_name: '<Acme>' });
    expect(done.headers.get('referrer-policy')).toBe('no-referrer');
    expect(completions.at(-1)).toMatchObject({ callback: 'oauth', connector: 'meta', query: { code: 'c', state: 's' }, browserBinding: cookie.split(/[=;]/)[1] });
  });

  it('answers a browser with a page or a redirect, with foreign text encoded', async () => {
    const page = await call('/api/oauth/shopify/callback?code=c&state=s', { key: '', headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('&lt;Acme&gt;');
    const back = await call('/api/oauth/meta/callback?code=return&state=s', { key: '', headers: { accept: 'text/html' } });
    expect([back.status, back.headers.get('location')]).toEqual([302, 'https://app.example/done?a=1&connected=meta_ads&connectionId=conn_1']);
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

  it('is unready without NATS and ready again with it', async () => {
    await world.nats.kill('SIGKILL');
    await waitFor(async () => (await fetch(`${world.url}/health/ready`)).status === 503, { what: 'unready' });
    expect((await fetch(`${world.url}/health/live`)).status).toBe(200);
    await world.nats.restart();
    await waitFor(async () => (await fetch(`${world.url}/health/ready`)).status === 200, { what: 'ready again' });
    expect((await call('/api/connectors')).status).toBe(200);
  }, 40_000);
});
