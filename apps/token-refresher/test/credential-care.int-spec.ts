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
  world.provider.account = { id: 'acct_1', name: 'Account One' };
});

const key = { type: 'SECRET_TEXT', secretText: new Secret(goodKey) } as const;
const otherAccount = () => {
  world.provider.account = { id: 'acct_2', name: 'Account Two' };
};

describe('a credential of another account', () => {
  it('does not take the place of the stored one unless that is allowed', async () => {
    const { connectionId, accessToken } = await world.connect();
    otherAccount();
    const refused = await failureOf(world.put({ connectionId, credential: world.grant(world.provider.consent()) }));
    expect(refused).toMatchObject({
      code: 'CONFLICT',
      params: { expectedAccount: { id: 'acct_1', name: 'Account One' }, account: { id: 'acct_2', name: 'Account Two' } },
    });
    expect(refused.message).toMatch(/account "Account Two".*belongs to the account "Account One".*Nothing was changed.*allow another/);
    expect(await world.row(connectionId)).toMatchObject({ version: 1, account_id: 'acct_1' });
    expect((await world.resolve({ connectionId })).token?.reveal()).toBe(accessToken);
    expect(world.told('stored', connectionId)).toHaveLength(1);
    await waitFor(() => world.audited('credential.refused', connectionId)[0], { what: 'the audit entry' });
    // Neither grant was ended: a working credential may hang on the same one.
    expect(world.provider.revoked).toEqual([]);

    expect((await world.put({ connectionId, credential: key, allowOtherAccount: true })).credentialVersion).toBe(2);
    expect(await world.row(connectionId)).toMatchObject({ account_id: 'acct_2' });
  });

  it('does not slip by when two are put at once, not even first ones', async () => {
    for (let round = 0; round < 5; round += 1) {
      const connectionId = newId('connection');
      let asked = 0;
      // Every verification call tells another account.
      Object.defineProperty(world.provider, 'account', { configurable: true, get: () => ({ id: `acct_${(asked += 1)}`, name: null }), set: () => undefined });
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => codeOf(world.put({ connectionId, credential: key }))));
      Object.defineProperty(world.provider, 'account', { configurable: true, writable: true, value: { id: 'acct_1', name: 'Account One' } });
      expect(outcomes.sort()).toEqual([...Array.from({ length: 5 }, () => 'CONFLICT'), 'none']);
      expect(await world.row(connectionId)).toMatchObject({ version: 1 });
    }
  });
});

describe('what is told of a stored credential', () => {
  it('carries its type, inputs and scopes, and so does the reply', async () => {
    const connectionId = newId('connection');
    const reply = await world.put({ connectionId, type: 'PLATFORM_OAUTH2', credential: world.grant(world.provider.consent()) });
    expect(reply.scopes).toEqual(['crm.read']);
    expect(await world.waitForEvent('stored', connectionId)).toMatchObject({ platformId: world.platformId, type: 'PLATFORM_OAUTH2', inputs: {}, scopes: ['crm.read'] });
    await world.put({ connectionId, credential: key });
    const [stored] = await waitFor(() => (world.audited('credential.replaced', connectionId).length > 0 ? world.audited('credential.stored', connectionId) : undefined), { what: 'the audit entries' });
    expect(stored).toMatchObject({ platformId: world.platformId, projectId: world.projectId, actor: { kind: 'service', id: 'token-refresher' }, details: { type: 'PLATFORM_OAUTH2', version: 1 } });
  });
});

describe('verify', () => {
  it('asks the provider with a fresh token and tells how the call ended', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    expect(await world.verify(connectionId)).toEqual({ outcome: 'verified', status: null, message: null, account: { id: 'acct_1', name: 'Account One' } });
    await waitFor(() => world.calls(connectionId).length === 2, { what: 'both calls to be told' });
    expect(world.calls(connectionId)).toEqual([
      expect.objectContaining({ source: 'refresh', outcome: 'succeeded', code: null }),
      expect.objectContaining({ source: 'verify', outcome: 'succeeded', code: null }),
    ]);
  });

  it.each([
    [401, 'rejected', 'unauthorized', 'http_401'],
    [403, 'rejected', 'forbidden', 'http_403'],
    [503, 'unavailable', 'failed', 'no_answer'],
  ] as const)('an answer %s is %s', async (accountStatus, outcome, called, code) => {
    const connectionId = newId('connection');
    await world.put({ connectionId, credential: key });
    world.provider.accountStatus = accountStatus;
    expect(await world.verify(connectionId)).toMatchObject({ outcome, status: outcome === 'rejected' ? accountStatus : null, message: expect.any(String) as string });
    await waitFor(() => world.calls(connectionId)[0], { what: 'the call to be told' });
    expect(world.calls(connectionId)).toEqual([expect.objectContaining({ source: 'verify', outcome: called, code })]);
    expect(JSON.stringify(world.calls(connectionId))).not.toContain(canary);
  });

  it('renews a token that was ended alone, once', async () => {
    const { connectionId, accessToken } = await world.connect();
    world.provider.forget(accessToken);
    const before = world.provider.calls.length;
    expect((await world.verify(connectionId)).outcome).toBe('verified');
    expect(world.provider.calls).toHaveLength(before + 1);
  });

  it('says without a call what is broken, and knows nothing of what is not there', async () => {
    const { connectionId } = await world.connect();
    await world.set(connectionId, `status = 'broken', status_reason = 'reauth_required'`);
    const before = world.provider.verifications;
    expect(await world.verify(connectionId)).toMatchObject({ outcome: 'rejected', status: null });
    expect(world.provider.verifications).toBe(before);
    expect(await codeOf(world.verify(newId('connection')))).toBe('ENTITY_NOT_FOUND');
  });
});

describe('calls told of refreshes', () => {
  it('successes once a minute; a failure always, and the success after it', async () => {
    const { connectionId } = await world.connect();
    for (let round = 0; round < 3; round += 1) await world.refresh(connectionId);
    await waitFor(() => world.told('refreshed', connectionId).length === 3, { what: 'three refreshes' });
    expect(world.calls(connectionId)).toHaveLength(1);
    world.provider.script({ status: 503, body: { error: `${canary}_words` } });
    expect(await codeOf(world.refresh(connectionId))).toBe('PROVIDER_UNAVAILABLE');
    await world.passCooldown(connectionId);
    await world.refresh(connectionId);
    await waitFor(() => world.calls(connectionId).length === 3, { what: 'failure and success to be told' });
    expect(world.calls(connectionId).map(({ outcome, code }) => [outcome, code])).toEqual([['succeeded', null], ['failed', 'http_503'], ['succeeded', null]]);
  });

  it('a dead grant as unauthorized, an invented error code not in its own words', async () => {
    const [dead, odd] = [await world.connect(), await world.connect()];
    await world.expire(dead.connectionId);
    world.provider.revokeGrantOf(dead.refreshToken);
    expect(await codeOf(world.refresh(dead.connectionId))).toBe('CREDENTIAL_NEEDS_RECONNECT');
    world.provider.script({ status: 400, body: { error: 'buy_our_plan_today' } });
    await codeOf(world.refresh(odd.connectionId));
    const [unauthorized] = await waitFor(() => (world.calls(dead.connectionId).length > 0 ? world.calls(dead.connectionId) : undefined), { what: 'the call to be told' });
    expect(unauthorized).toMatchObject({ source: 'refresh', outcome: 'unauthorized', code: 'invalid_grant' });
    expect((await waitFor(() => world.calls(odd.connectionId)[0], { what: 'the call to be told' })).code).toBe('provider_error');
  });
});

describe('describe', () => {
  it('tells everything but the secret', async () => {
    const { connectionId, accessToken, refreshToken } = await world.connect();
    const described = await world.describe(connectionId);
    expect(described).toMatchObject({
      connectionId, type: 'OAUTH2', status: 'usable', username: null, scopes: ['crm.read'], requiredScopes: ['crm.read'], missingScopes: [],
      refreshable: true, lastRefreshedAt: null, nextRefreshAt: expect.any(String) as string, failures: 0, lastErrorCode: null,
    });
    for (const secret of [accessToken, refreshToken]) expect(JSON.stringify(described)).not.toContain(secret);
    await world.set(connectionId, `scopes = '{other}'`);
    expect((await world.describe(connectionId)).missingScopes).toEqual(['crm.read']);
  });

  it('counts failures and says when it is tried again', async () => {
    const { connectionId } = await world.connect();
    world.provider.script({ status: 503 });
    await codeOf(world.refresh(connectionId));
    const { failures, lastErrorCode, nextRefreshAt } = await world.describe(connectionId);
    expect({ failures, lastErrorCode }).toEqual({ failures: 1, lastErrorCode: 'http_503' });
    expect(Date.parse(nextRefreshAt!)).toBeGreaterThan(Date.now());
  });

  it('answers nobody else', async () => {
    const { connectionId } = await world.connect();
    expect(await codeOf(world.describe(connectionId, { projectId: newId('project') }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.describe(connectionId, { platformId: newId('platform') }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.describe(connectionId, { scopes: ['tokens:resolve'] }))).toBe('AUTHORIZATION');
  });
});

describe('refresh health', () => {
  it('counts what the principal may see', async () => {
    const projectId = newId('project');
    const [due, overdue, broken, failing] = await Promise.all([1, 2, 3, 4].map(() => world.connect({ projectId })));
    await world.put({ projectId, credential: key });
    await world.makeDue(due!.connectionId);
    await world.expire(overdue!.connectionId);
    await world.set(broken!.connectionId, `status = 'broken', status_reason = 'reauth_required'`);
    await world.set(failing!.connectionId, `failures = 2, last_refreshed_at = now()`);
    await world.connect({ projectId: newId('project') });
    expect(await world.health({ projectId })).toEqual({
      credentials: 5, refreshable: 4, due: 2, overdue: 1, failing: 1, broken: 1, oldestDueAt: expect.any(String) as string, lastRefreshedAt: expect.any(String) as string,
    });
    expect((await world.health({ projectId: newId('project') })).credentials).toBe(0);
    expect((await world.health({ projectId: null, reach: 'platform' })).credentials).toBeGreaterThan(5);
    expect((await world.health({ projectId: null, reach: 'platform', platformId: newId('platform') })).credentials).toBe(0);
    expect(await codeOf(world.health({ scopes: [] }))).toBe('AUTHORIZATION');
  });
});

describe('what was handed out', () => {
  it('is in the audit log once for each principal, connection and hour, whichever replica answered', async () => {
    const { connectionId } = await world.connect();
    const [one, two] = [world.principal(), world.principal()];
    await Promise.all([one, two].flatMap((who) => Array.from({ length: 20 }, () => world.resolve({ connectionId }, who))));
    await waitFor(() => world.audited('credential.handed_out', connectionId).length === 2, { what: 'both entries' });
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.outbox')).length === 0, { what: 'everything to be told' });
    const entries = world.audited('credential.handed_out', connectionId);
    expect(entries.map(({ actor }) => (actor as { id: string }).id).sort()).toEqual([one.id, two.id].sort());
    expect(entries[0]).toMatchObject({ platformId: world.platformId, projectId: world.projectId, outcome: 'done' });
  });

  it('is not what was refused', async () => {
    const { connectionId } = await world.connect();
    await world.set(connectionId, `status = 'disabled'`);
    await codeOf(world.resolve({ connectionId }));
    expect(await world.database.query('SELECT 1 FROM tokens.handed_out WHERE connection_id = $1', [connectionId])).toEqual([]);
  });
});

it('logs and tells nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
  expect(JSON.stringify(world.events)).not.toContain(canary);
});
