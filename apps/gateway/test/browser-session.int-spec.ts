import { audits, connections, newId, Secret, sessions, syncs, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { connection, principal, World } from './world.js';

const person: Principal = { ...principal, kind: 'user', id: 'user_1', scopes: ['connections:read', 'connections:write', 'syncs:run'] };
const ours = { origin: 'https://trunkline.example' };

describe('a session in a browser', () => {
  let world: World;
  let cookie: string;
  let csrf: string;
  let started = 0;
  const ended: string[] = [];
  const denied: string[] = [];

  beforeAll(async () => {
    world = await World.start({}, ({ key }) => {
      if (key.reveal() === 'the-token') return person;
      if (key.reveal() === 'good') return principal;
      throw new AppError('AUTHENTICATION', 'not known');
    });
    await Promise.all([
      world.answer(sessions.create)(() => ({ id: newId('session'), userId: 'user_1', platformId: 'plat_1', expires: '2099-01-01T00:00:00.000Z', token: new Secret('the-token') })),
      world.answer(sessions.end)(({ token }) => {
        ended.push(token.reveal());
        return { ended: true };
      }),
      world.answer(connections.all)(() => ({ connections: [connection] })),
      world.answer(connections.disconnect)(() => ({ disconnected: ['conn_1'] })),
      world.answer(connections.authorize)(({ connector }) => ({ connectionId: 'conn_1', connector, authorizationUrl: 'https://provider.example/authorize', expiresAt: '2099-01-01T00:00:00.000Z' })),
      world.answer(syncs.last)(() => ({ lastSync: {} })),
      world.answer(syncs.run)(() => {
        started += 1;
        return { status: 'started', syncId: 'sync_1', connectors: [] };
      }),
      world.answer(audits.denied)(({ principal: who, action }) => {
        denied.push(`${who.id} ${action}`);
        return {};
      }),
    ]);
    const login = await world.post('/api/v1/sessions/cookie', { email: 'ada@example.com', password: 'right password' }, { key: '' });
    expect(login.status).toBe(201);
    const body = (await login.json()) as { csrfToken: string };
    expect(JSON.stringify(body)).not.toContain('the-token');
    const [set] = login.headers.getSetCookie();
    expect(set).toMatch(/^trunkline_session=the-token; Path=\/api; Expires=.*; HttpOnly; Secure; SameSite=Lax$/);
    cookie = set!.split(';')[0]!;
    csrf = body.csrfToken;
  });
  afterAll(() => world?.stop());

  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => world.call(path, { method, key: '', body, headers: { cookie, ...headers } });

  it('reads, and opens the consent screen, with the cookie alone', async () => {
    expect((await call('GET', '/api/connectors')).status).toBe(200);
    const start = await call('GET', '/api/connectors/hubspot/auth');
    expect([start.status, start.headers.get('location')]).toEqual([302, 'https://provider.example/authorize']);
  });

  it.each<[string, () => Record<string, string>, number]>([
    ['nothing but the cookie', () => ({}), 403],
    ['another csrf token', () => ({ ...ours, 'x-csrf-token': 'x'.repeat(43) }), 403],
    ['the csrf token, from another origin', () => ({ origin: 'https://evil.example', 'x-csrf-token': csrf }), 403],
    ['the csrf token and no origin', () => ({ 'x-csrf-token': csrf }), 200],
    ['the csrf token, from our origin', () => ({ ...ours, 'x-csrf-token': csrf }), 200],
  ])('changes something with %s: %#', async (_, headers, status) => {
    const before = denied.length;
    expect((await call('DELETE', '/api/connectors', headers(), { type: 'hubspot' })).status).toBe(status);
    // A forged request is an attempt like any other that was refused.
    expect(denied.slice(before)).toEqual(status === 403 ? ['user_1 DELETE /api/connectors'] : []);
  });

  it('starts no sync by GET, which a link could do', async () => {
    expect((await call('GET', '/api/sync/run')).status).toBe(401);
    expect((await call('GET', '/api/sync/run', { 'x-csrf-token': csrf, ...ours })).status).toBe(401);
    expect(started).toBe(0);
    expect((await call('POST', '/api/sync/run', { 'x-csrf-token': csrf, ...ours }, {})).status).toBe(200);
    expect(started).toBe(1);
  });

  it('gives way to a key in a header', async () => {
    expect((await call('DELETE', '/api/connectors', { 'x-api-key': 'good' }, { type: 'hubspot' })).status).toBe(200);
    expect((await call('GET', '/api/connectors', { 'x-api-key': 'bad' })).status).toBe(401);
  });

  it('is ended with its cookie', async () => {
    const out = await call('DELETE', '/api/v1/sessions', { 'x-csrf-token': csrf, ...ours });
    expect(out.status).toBe(200);
    expect(ended).toEqual(['the-token']);
    expect(out.headers.getSetCookie().join()).toMatch(/trunkline_session=;.*Expires=Thu, 01 Jan 1970/);
  });

  it('refuses a cookie that is no session', async () => {
    expect((await world.call('/api/connectors', { key: '', headers: { cookie: 'trunkline_session=made-up' } })).status).toBe(401);
  });
});
