import { newId, Secret } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { canary, goodKey } from './support/scripted-provider.js';
import { codeOf, failureOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 2 });
});
afterAll(() => world.stop());
afterEach(() => {
  world.provider.accountStatus = 200;
  world.provider.rotation = 'strict';
});

describe('put', () => {
  it('verifies, seals, stores and tells', async () => {
    const connectionId = newId('connection');
    const before = world.provider.verifications;
    const reply = await world.put({ connectionId, credential: world.grant(world.provider.consent()) });
    expect(reply).toMatchObject({ credentialVersion: 1, account: { id: 'acct_1', name: 'Account One' } });
    expect(world.provider.verifications - before).toBe(1);
    expect(await world.waitForEvent('stored', connectionId)).toMatchObject({ credentialVersion: 1, projectId: world.projectId, connector: 'sandbox_crm', account: { id: 'acct_1', name: 'Account One' } });
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', refreshable: true, allowed_origins: [world.provider.url], account_id: 'acct_1' });
  });

  it('leaves nothing secret in the database or in an event', async () => {
    const [dump] = await world.database.query<{ all: string }>(`
      SELECT (SELECT string_agg(to_jsonb(c)::text || encode(coalesce(c.sealed, ''), 'escape'), ' ') FROM tokens.credential c)
        || coalesce((SELECT string_agg(to_jsonb(o)::text, ' ') FROM tokens.outbox o), '') AS all`);
    expect(dump!.all).toContain('sandbox_crm');
    expect(dump!.all).not.toContain(canary);
    expect(JSON.stringify(world.events)).not.toContain(canary);
  });

  it('stores nothing the provider refuses, and says what it answered and what to do', async () => {
    const connectionId = newId('connection');
    const refused = await failureOf(world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(`${canary}_bad_key`) } }));
    expect(refused).toMatchObject({ code: 'INVALID_APP_CONNECTION', params: { connector: 'sandbox_crm', providerStatus: 401 } });
    expect(refused.message).toMatch(/401.*Check the key/);
    expect(refused.message).not.toContain(canary);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('ENTITY_NOT_FOUND');
    expect(world.told('stored', connectionId)).toEqual([]);
  });

  it('stores nothing while the provider is in trouble', async () => {
    const connectionId = newId('connection');
    world.provider.accountStatus = 503;
    expect(await codeOf(world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } }))).toBe('PROVIDER_UNAVAILABLE');
    expect(await codeOf(world.resolve({ connectionId }))).toBe('ENTITY_NOT_FOUND');
  });

  it('refuses what the catalog does not know', async () => {
    const key = { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } as const;
    expect((await failureOf(world.put({ connector: 'no_such_system', credential: key }))).message).toMatch(/no connector "no_such_system"/);
    const wrongKind = await failureOf(world.put({ credential: { type: 'BASIC_AUTH', username: 'u', password: new Secret('p') } }));
    expect(wrongKind).toMatchObject({ code: 'INVALID_APP_CONNECTION', params: { authMethods: ['OAUTH2', 'SECRET_TEXT'] } });
    expect((await failureOf(world.put({ inputs: { shop: 'x' }, credential: key }))).message).toMatch(/no input "shop"/);
  });

  it('replaces: the version goes on, the old value is gone, a refused value does not take the place of a working one', async () => {
    const connectionId = newId('connection');
    await world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } });
    await codeOf(world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(`${canary}_bad_key`) } }));
    expect((await world.resolve({ connectionId })).token?.reveal()).toBe(goodKey);
    const pair = world.provider.consent();
    expect((await world.put({ connectionId, credential: world.grant(pair) })).credentialVersion).toBe(2);
    expect(await world.resolve({ connectionId })).toMatchObject({ type: 'OAUTH2' });
  });

  it('does not enable what a person disabled, and does not give an id to another tenant', async () => {
    const connectionId = newId('connection');
    const credential = { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } as const;
    await world.put({ connectionId, credential });
    await world.set(connectionId, `status = 'disabled'`);
    await world.put({ connectionId, credential });
    expect((await world.row(connectionId)).status).toBe('disabled');
    expect(await codeOf(world.put({ connectionId, projectId: newId('project'), credential }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.put({ connectionId, platformId: newId('platform'), credential }))).toBe('ENTITY_NOT_FOUND');
    expect(await world.row(connectionId)).toMatchObject({ version: 2, project_id: world.projectId });
  });

  it.each([
    ['nothing', null, null],
    ['zero', 0, null],
    ['a negative number', -5, null],
    ['an hour', 3_600, 3_600],
    ['three centuries', 1e10, 315_360_000],
  ])('makes sense of %s as the life of a token', async (_, expiresInSeconds, expected) => {
    const connectionId = newId('connection');
    const asked = Date.now();
    const { expiresAt } = await world.put({ connectionId, credential: world.grant(world.provider.consent(), { expiresInSeconds }) });
    if (expected === null) expect(expiresAt).toBeNull();
    else expect(Math.abs(Date.parse(expiresAt!) - asked - expected * 1_000)).toBeLessThan(5_000);
    // Without a known life it is used once a day all the same.
    const [{ due }] = (await world.database.query<{ due: number }>('SELECT extract(epoch FROM refresh_due_at - now())::float8 AS due FROM tokens.credential WHERE connection_id = $1', [connectionId])) as [{ due: number }];
    expect(due).toBeGreaterThan(1_000);
    expect(due).toBeLessThanOrEqual(86_400);
  });

  it('counts a token\'s life from when it was issued', async () => {
    const credential = { ...world.grant(world.provider.consent()), ageMs: 10_000 } as ReturnType<World['grant']>;
    const { expiresAt } = await world.put({ credential });
    expect(Date.parse(expiresAt!) - Date.now()).toBeLessThanOrEqual(3_590_000);
  });
});

describe('put while a refresh is under way', () => {
  it('wins: the refresh cannot write over it, its late token is revoked, and everybody gets the new credential', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const hold = world.provider.hold();
    const waiting = world.resolve({ connectionId });
    await hold.arrived;
    const pair = world.provider.consent();
    await world.put({ connectionId, credential: world.grant(pair) });
    expect((await world.resolve({ connectionId })).token?.reveal()).toBe(pair.accessToken);
    const stored = await world.row(connectionId);
    hold.release();
    expect((await waiting).token?.reveal()).toBe(pair.accessToken);
    const late = world.provider.calls.at(-1)!.accessToken!;
    await waitFor(() => world.provider.revoked.some(({ token }) => token === late), { what: 'the late token to be revoked' });
    const after = await world.row(connectionId);
    expect(after).toMatchObject({ version: 2, status: 'usable' });
    expect(after.sealed).toEqual(stored.sealed);
    expect(world.provider.accepts(pair.accessToken)).toBe(true);
    expect(world.provider.renews(pair.refreshToken)).toBe(true);
  });

  it('is not broken by an invalid_grant for the former token', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const hold = world.provider.hold();
    world.provider.script({ status: 400, body: { error: 'invalid_grant' } });
    const waiting = world.resolve({ connectionId });
    await hold.arrived;
    const pair = world.provider.consent();
    await world.put({ connectionId, credential: world.grant(pair) });
    hold.release();
    expect((await waiting).token?.reveal()).toBe(pair.accessToken);
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', version: 2, failures: 0 });
    expect(world.told('broken', connectionId)).toEqual([]);
  });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
