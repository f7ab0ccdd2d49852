import { newId, Secret } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { goodKey } from './support/scripted-provider.js';
import { codeOf, failureOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

describe('resolve', () => {
  it('hands out a fresh token without a call to the provider', async () => {
    const { connectionId, accessToken } = await world.connect();
    const before = world.provider.calls.length;
    const reply = await world.resolve({ connectionId });
    expect(reply.token?.reveal()).toBe(accessToken);
    expect(reply).toMatchObject({ connectionId, connector: 'sandbox_crm', type: 'OAUTH2', tokenType: 'Bearer', warning: null });
    expect(Date.parse(reply.expiresAt!) - Date.now()).toBeGreaterThan(3_500_000);
    expect(world.provider.calls).toHaveLength(before);
  });

  it('answers at once with the current token when it is due, and renews it behind', async () => {
    const { connectionId, accessToken } = await world.connect();
    await world.makeDue(connectionId);
    const reply = await world.resolve({ connectionId });
    expect(reply.token?.reveal()).toBe(accessToken);
    expect(reply.warning).toBeNull();
    await waitFor(async () => (await world.row(connectionId)).version === 2, { what: 'the renewal behind' });
    expect((await world.resolve({ connectionId })).token?.reveal()).not.toBe(accessToken);
  });

  it('renews an expired token first', async () => {
    const { connectionId, accessToken } = await world.connect();
    await world.expire(connectionId);
    const reply = await world.resolve({ connectionId });
    expect(reply.token?.reveal()).not.toBe(accessToken);
    expect(world.provider.accepts(reply.token!.reveal())).toBe(true);
  });

  it('renews first what does not live as long as the caller needs', async () => {
    const { connectionId, accessToken } = await world.connect();
    await world.set(connectionId, `access_expires_at = now() + interval '20 minutes', refresh_due_at = now() + interval '5 minutes'`);
    expect((await world.resolve({ connectionId, minimumSeconds: 600 })).token?.reveal()).toBe(accessToken);
    const reply = await world.resolve({ connectionId, minimumSeconds: 1_800 });
    expect(reply.token?.reveal()).not.toBe(accessToken);
    expect(reply.warning).toBeNull();
  });

  it('does not refresh at every call for a caller that wants more than the token ever lives', async () => {
    world.provider.expiresIn = 300;
    const { connectionId } = await world.connect({}, { expiresInSeconds: 300 });
    const before = world.provider.calls.length;
    for (let index = 0; index < 5; index += 1) {
      const reply = await world.resolve({ connectionId, minimumSeconds: 3_600 });
      expect(reply.warning).toMatch(/lives for another 29\d seconds/);
    }
    expect(world.provider.calls).toHaveLength(before);
    world.provider.expiresIn = 3_600;
  });

  it('serves a token without a known expiry', async () => {
    const { connectionId, accessToken } = await world.connect({}, { expiresInSeconds: null });
    const reply = await world.resolve({ connectionId, minimumSeconds: 3_600 });
    expect(reply.token?.reveal()).toBe(accessToken);
    expect(reply.expiresAt).toBeNull();
  });

  it('hands out keys as they are', async () => {
    const connectionId = newId('connection');
    await world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } });
    const reply = await world.resolve({ connectionId });
    expect(reply.token?.reveal()).toBe(goodKey);
    expect(reply).toMatchObject({ type: 'SECRET_TEXT', username: null, props: null, expiresAt: null, warning: null });
  });

  it('says why a broken or disabled connection has no token, and asks no provider', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const before = world.provider.calls.length;
    await world.set(connectionId, `status = 'broken', status_reason = 'reauth_required'`);
    const broken = await failureOf(world.resolve({ connectionId }));
    expect(broken).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT', params: { reason: 'reauth_required', connectionId } });
    await world.set(connectionId, `status = 'disabled', status_reason = NULL`);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTION_DISABLED');
    expect(await codeOf(world.lease(connectionId))).toBe('CONNECTION_DISABLED');
    expect(await codeOf(world.refresh(connectionId))).toBe('CONNECTION_DISABLED');
    expect(world.provider.calls).toHaveLength(before);
  });

  it('needs the scope', async () => {
    const { connectionId } = await world.connect();
    expect(await codeOf(world.resolve({ connectionId }, world.principal({ scopes: ['connections:read'] })))).toBe('AUTHORIZATION');
    expect(await codeOf(world.resolve({ connectionId }, world.principal({ scopes: ['admin'] })))).toBe('none');
  });

  it('wants the connection named', async () => {
    expect(await codeOf(world.resolve({}))).toBe('VALIDATION');
    expect(await codeOf(world.resolve({ connector: 'sandbox_crm' }, world.principal({ projectId: null })))).toBe('VALIDATION');
  });
});

describe('whose connection is found', () => {
  it('answers alike for a foreign, an unknown and a deleted connection', async () => {
    const mine = await world.connect();
    const foreign = await world.connect({ projectId: newId('project') });
    const deleted = await world.connect();
    await world.delete(deleted.connectionId);
    const unknown = newId('connection');
    const answers = await Promise.all([foreign.connectionId, deleted.connectionId, unknown].map((connectionId) => failureOf(world.resolve({ connectionId }))));
    const alike = answers.map(({ code, params }) => ({ code, ...params, entityId: null }));
    expect(alike[0]).toEqual({ code: 'ENTITY_NOT_FOUND', entityType: 'app_connection', entityId: null, message: 'Connection not found' });
    expect(alike[1]).toEqual(alike[0]);
    expect(alike[2]).toEqual(alike[0]);
    expect(await codeOf(world.resolve({ connectionId: mine.connectionId }))).toBe('none');
    expect(await codeOf(world.refresh(foreign.connectionId))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.lease(foreign.connectionId))).toBe('ENTITY_NOT_FOUND');
  });

  it('lets a platform key name a connection of its own platform only', async () => {
    const { connectionId } = await world.connect();
    const elsewhere = world.principal({ projectId: null, platformId: newId('platform') });
    expect(await codeOf(world.resolve({ connectionId }, world.principal({ projectId: null })))).toBe('none');
    expect(await codeOf(world.resolve({ connectionId }, elsewhere))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connectionId }, world.principal({ kind: 'operator', projectId: null, platformId: null })))).toBe('ENTITY_NOT_FOUND');
  });

  it('finds by connector: the named user\'s, else one\'s own, else the newest usable one', async () => {
    const projectId = newId('project');
    const [anna, ben, carl] = [newId('user'), newId('user'), newId('user')];
    const own = async (ownerId: string | null) => (await world.connect({ projectId, ownerId })).connectionId;
    const annas = await own(anna);
    const bens = await own(ben);
    const newest = await own(null);
    const by = (userId: string | null) => world.principal({ projectId, userId });
    const found = async (wanted: { userId?: string }, userId: string | null) => (await world.resolve({ connector: 'sandbox_crm', ...wanted }, by(userId))).connectionId;

    expect(await found({ userId: ben }, anna)).toBe(bens);
    expect(await found({}, anna)).toBe(annas);
    expect(await found({}, carl)).toBe(newest);
    expect(await found({}, null)).toBe(newest);
    await world.set(newest, `status = 'broken', status_reason = 'reauth_required'`);
    expect(await found({}, null)).toBe(bens);
    // Who names a user never gets somebody else's.
    expect(await codeOf(world.resolve({ connector: 'sandbox_crm', userId: carl }, by(anna)))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connectionId: annas, userId: ben }, by(anna)))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connector: 'nobody_knows' }, by(anna)))).toBe('ENTITY_NOT_FOUND');
  });

  it('does not open a secret that was moved to another connection', async () => {
    const [one, two] = [await world.connect(), await world.connect()];
    await world.database.query('UPDATE tokens.credential SET sealed = (SELECT sealed FROM tokens.credential WHERE connection_id = $1) WHERE connection_id = $2', [one.connectionId, two.connectionId]);
    expect(await codeOf(world.resolve({ connectionId: two.connectionId }))).toBe('INTERNAL');
  });
});

it('logs nothing secret', async () => {
  const { text, leaks } = await world.logs();
  expect(text).not.toBe('');
  expect(leaks).toEqual([]);
});
