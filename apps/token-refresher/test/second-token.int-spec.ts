import { readdir } from 'node:fs/promises';
import { credentialRotations, newId, Secret, type Principal } from '@trunkline/contracts';
import { createDataSource, migrate } from '@trunkline/persistence';
import { startLossyRelay, createTestDatabase, waitFor } from '@trunkline/testing';
import { sealedKeyVersion } from '@trunkline/vault';
import { tokensDatabase } from '../src/index.js';
import { SecondTokens1764000007000 } from '../src/migrations/second-tokens-1764000007000.js';
import { goodKey } from './support/scripted-provider.js';
import { codeOf, failureOf, World, type Connected } from './support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 2, environment: { TRUNKLINE_REVOCATION_INTERVAL_MS: '100', TRUNKLINE_REFRESH_CONFIRM_SECONDS: '30', TRUNKLINE_DATA_KEY_MAX_AGE_SECONDS: '1' } });
});
afterAll(() => world.stop());

interface Both extends Connected {
  readonly second: { accessToken: string; refreshToken: string };
  /** The second token's row. */
  readonly rowId: string;
}

async function connectBoth(over: Parameters<World['connect']>[0] = {}): Promise<Both> {
  const second = world.provider.consent();
  const connected = await world.connect(over, { second });
  return { ...connected, second, rowId: `${connected.connectionId}.user` };
}

const tokenOf = async (connectionId: string, tokenName?: string) => (await world.resolve({ connectionId, tokenName })).token?.reveal();
const callsWith = (refreshToken: string) => world.provider.calls.filter((call) => call.refreshToken === refreshToken).length;
const versions = (told: Record<string, unknown>[]) => told.map(({ credentialVersion }) => credentialVersion);

/** The provider ends the token's grant, and a resolve finds it out. */
async function breakToken(connectionId: string, rowId: string, refreshToken: string, tokenName?: string): Promise<void> {
  world.provider.revokeGrantOf(refreshToken);
  await world.expire(rowId);
  expect(await codeOf(world.resolve({ connectionId, tokenName }))).toBe('CREDENTIAL_NEEDS_RECONNECT');
}

describe('a second token of one consent', () => {
  it('is handed out by its name, beside the first, and noted as such', async () => {
    const { connectionId, accessToken, second } = await connectBoth();
    const who = world.principal();
    expect(await world.resolve({ connectionId }, who)).toMatchObject({ connectionId, tokenType: 'Bearer' });
    const given = await world.resolve({ connectionId, tokenName: 'user' }, who);
    expect(given).toMatchObject({ connectionId, connector: 'sandbox_crm', tokenType: 'user', warning: null });
    expect(given.token?.reveal()).toBe(second.accessToken);
    expect(await tokenOf(connectionId)).toBe(accessToken);
    await waitFor(() => world.audited('credential.handed_out', connectionId).filter(({ actor }) => (actor as { id: string }).id === who.id).length === 2, { what: 'both to be noted' });
    expect(world.audited('credential.handed_out', connectionId).map(({ details }) => (details as { tokenName?: string }).tokenName)).toEqual(expect.arrayContaining([undefined, 'user']));
  });

  it('is refused by a name it does not have, in words that say which there are', async () => {
    const { connectionId } = await connectBoth();
    const failure = await failureOf(world.resolve({ connectionId, tokenName: 'admin' }));
    expect(failure).toMatchObject({ code: 'ENTITY_NOT_FOUND', params: { connectionId, entityId: 'admin', tokenNames: ['user'] } });
    expect(failure.message).toContain('"user"');
  });

  it('is not found by another tenant, nor as a connection', async () => {
    const projectId = newId('project');
    const { connectionId, rowId, accessToken } = await connectBoth({ projectId });
    const own = world.principal({ projectId });
    expect(await codeOf(world.resolve({ connectionId, tokenName: 'user' }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(world.resolve({ connectionId: rowId }, own))).not.toBe('none');
    // The newest of the connector's rows is the second token's.
    await world.set(rowId, `stored_at = now() + interval '1 hour'`);
    expect((await world.resolve({ connector: 'sandbox_crm' }, own)).token?.reveal()).toBe(accessToken);
    expect((await world.resolve({ connector: 'sandbox_crm', tokenName: 'user' }, own)).connectionId).toBe(connectionId);
    for (const [platformId, byId] of [[world.platformId, rowId], [world.platformId, null]]) {
      const found = await world.database.query<{ id: string | null }>(`SELECT connection_id AS id FROM tokens.credentials_of_tenants(ARRAY[$1], ARRAY[$2], ARRAY[$3], ARRAY['sandbox_crm'], ARRAY[null], ARRAY[null])`, [platformId, projectId, byId]);
      expect(found).toEqual([{ id: byId === null ? connectionId : null }]);
    }
    expect(await world.health({ projectId })).toMatchObject({ credentials: 1, refreshable: 1, broken: 0 });
  });

  it('is renewed by itself, once, however many ask for either', async () => {
    const { connectionId, rowId, refreshToken, second } = await connectBoth();
    await Promise.all([world.expire(connectionId), world.expire(rowId)]);
    const all = await Promise.all(Array.from({ length: 50 }, async (_, index) => [index % 2, await tokenOf(connectionId, index % 2 === 0 ? undefined : 'user')] as const));
    const [firsts, seconds] = [0, 1].map((which) => new Set(all.filter(([of]) => of === which).map(([, token]) => token)));
    expect([firsts!.size, seconds!.size, firsts!.has([...seconds!][0])]).toEqual([1, 1, false]);
    expect([callsWith(refreshToken), callsWith(second.refreshToken)]).toEqual([1, 1]);
    await world.waitForEvent('refreshed', connectionId);
    // Of the second nothing is told: nothing changed for the connection.
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.outbox')).length === 0, { what: 'everything to be told' });
    expect(versions(world.told('refreshed', connectionId))).toEqual([2]);
    expect(world.events.filter(({ data }) => JSON.stringify(data).includes(rowId))).toEqual([]);
  });
});

describe('when the second breaks', () => {
  it('the connection is told to be broken, the first goes on, and what is told of it mends nothing', async () => {
    const { connectionId, rowId, second } = await connectBoth();
    await breakToken(connectionId, rowId, second.refreshToken, 'user');
    expect(await world.waitForEvent('broken', connectionId)).toMatchObject({ connectionId, credentialVersion: 2, reason: 'reauth_required' });
    expect((await failureOf(world.resolve({ connectionId, tokenName: 'user' }))).params).toMatchObject({ connectionId });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    await world.expire(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
    await waitFor(() => world.told('broken', connectionId).length === 2, { what: 'the connection to be told broken still' });
    expect(versions(world.told('broken', connectionId))).toEqual([2, 3]);
    expect(world.told('refreshed', connectionId)).toEqual([]);
  });

  it('at the moment the first is refreshed, what is told last is that it is broken', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { connectionId, rowId, second } = await connectBoth();
      world.provider.revokeGrantOf(second.refreshToken);
      await Promise.all([world.expire(connectionId), world.expire(rowId)]);
      const holds = [world.provider.hold(), world.provider.hold()];
      const both = Promise.all([undefined, 'user'].map((tokenName) => codeOf(world.resolve({ connectionId, tokenName }))));
      await Promise.all(holds.map(({ arrived }) => arrived));
      holds.forEach(({ release }) => release());
      expect(await both).toEqual(['none', 'CREDENTIAL_NEEDS_RECONNECT']);
      const facts = () => [...world.told('broken', connectionId).map((fact) => ({ ...fact, broken: true })), ...world.told('refreshed', connectionId)] as { credentialVersion: number; broken?: boolean }[];
      await waitFor(() => facts().length === 2, { what: 'both facts to be told' });
      const last = facts().sort((a, b) => b.credentialVersion - a.credentialVersion);
      expect(last[0]).toMatchObject({ broken: true, credentialVersion: 3 });
      expect(last[1]!.credentialVersion).toBe(2);
    }
  });

  it('a probe that mends it is told later than everything before', async () => {
    const { connectionId, rowId, second } = await connectBoth();
    await breakToken(connectionId, rowId, second.refreshToken, 'user');
    await world.waitForEvent('broken', connectionId);
    // The provider takes the token again: as if it had refused it in a bad hour.
    world.provider.reviveGrantOf(second.refreshToken);
    await world.set(rowId, `broken_at = now() - interval '2 days'`);
    const prober = await world.addService({ TRUNKLINE_PROBE_INTERVAL_MS: '100' });
    expect(await world.waitForEvent('refreshed', connectionId)).toMatchObject({ connectionId, credentialVersion: 3 });
    await prober.close();
    expect(await codeOf(world.resolve({ connectionId, tokenName: 'user' }))).toBe('none');
    expect(await world.row(connectionId)).toMatchObject({ second_broken: null, version: 1 });
  });

  it('while the first is broken too, the first is what is told until it works, and then the second', async () => {
    const { connectionId, rowId, refreshToken, second } = await connectBoth();
    await breakToken(connectionId, connectionId, refreshToken);
    await breakToken(connectionId, rowId, second.refreshToken, 'user');
    await world.set(connectionId, `status_reason = 'refresh_outcome_unknown', broken_at = now() - interval '2 days'`);
    expect(await world.row(connectionId)).toMatchObject({ second_broken: 'reauth_required' });
    world.provider.reviveGrantOf(refreshToken);
    const prober = await world.addService({ TRUNKLINE_PROBE_INTERVAL_MS: '100' });
    await waitFor(() => world.told('broken', connectionId).length === 2, { what: 'the second to be told' });
    await prober.close();
    expect(world.told('broken', connectionId).map(({ credentialVersion, reason }) => [credentialVersion, reason])).toEqual([[1, 'reauth_required'], [3, 'reauth_required']]);
    expect(world.told('refreshed', connectionId)).toEqual([]);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });

  it('the second goes on while the first is broken', async () => {
    const { connectionId, refreshToken, rowId } = await connectBoth();
    await breakToken(connectionId, connectionId, refreshToken);
    await world.waitForEvent('broken', connectionId);
    await world.expire(rowId);
    expect(await codeOf(world.resolve({ connectionId, tokenName: 'user' }))).toBe('none');
    expect(world.told('refreshed', connectionId)).toEqual([]);
  });

  it('connecting again mends it', async () => {
    const { connectionId, rowId, second } = await connectBoth();
    await breakToken(connectionId, rowId, second.refreshToken, 'user');
    const again = await connectBoth({ connectionId });
    expect(await tokenOf(connectionId, 'user')).toBe(again.second.accessToken);
    await waitFor(() => world.told('stored', connectionId).length === 2, { what: 'the new one to be told' });
    expect(versions(world.told('stored', connectionId))).toEqual([1, 3]);
    await world.expire(connectionId);
    await world.resolve({ connectionId });
    expect(await world.waitForEvent('refreshed', connectionId)).toMatchObject({ credentialVersion: 4 });
  });
});

describe('a later consent', () => {
  it('without a second token removes the former one and ends it at the provider; with one it comes back', async () => {
    const { connectionId, rowId, second } = await connectBoth();
    const alone = await world.connect({ connectionId });
    expect((await failureOf(world.resolve({ connectionId, tokenName: 'user' }))).params).toMatchObject({ tokenNames: [] });
    await waitFor(() => !world.provider.renews(second.refreshToken), { what: 'the former second to be revoked' });
    expect(await world.row(rowId)).toMatchObject({ sealed: null });
    expect(await tokenOf(connectionId)).toBe(alone.accessToken);
    expect(world.provider.renews(alone.refreshToken)).toBe(true);
    const fence = (await world.row(rowId)).lease_fence as number;
    const again = await connectBoth({ connectionId });
    expect(await tokenOf(connectionId, 'user')).toBe(again.second.accessToken);
    expect((await world.row(rowId)).lease_fence).toBeGreaterThan(fence);
    expect(world.told('revoked', connectionId)).toEqual([]);
  });

  it('with a key in the place of both removes it too', async () => {
    const { connectionId, second } = await connectBoth();
    await world.put({ connectionId, credential: { type: 'SECRET_TEXT', secretText: new Secret(goodKey) }, allowOtherAccount: true });
    expect(await codeOf(world.resolve({ connectionId, tokenName: 'user' }))).toBe('ENTITY_NOT_FOUND');
    await waitFor(() => !world.provider.renews(second.refreshToken), { what: 'the former second to be revoked' });
  });

  it('of another account changes neither', async () => {
    const { connectionId, second } = await connectBoth();
    await world.set(connectionId, `account_id = 'acct_other'`);
    expect(await codeOf(connectBoth({ connectionId }))).toBe('CONFLICT');
    expect(await tokenOf(connectionId, 'user')).toBe(second.accessToken);
  });

  it('makes a refresh of the former second that is under way come too late', async () => {
    const { connectionId, rowId } = await connectBoth();
    await world.expire(rowId);
    const hold = world.provider.hold();
    const waiting = codeOf(world.resolve({ connectionId, tokenName: 'user' }));
    await hold.arrived;
    await world.connect({ connectionId });
    hold.release();
    expect(await waiting).toBe('ENTITY_NOT_FOUND');
    const late = world.provider.calls.at(-1)!.accessToken!;
    await waitFor(() => !world.provider.accepts(late), { what: 'the late token to be revoked' });
    expect((await world.row(rowId)).sealed).toBeNull();
    expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  });
});

describe('what is done to the connection is done to both', () => {
  it('delete destroys and revokes both, and tells it once', async () => {
    const { connectionId, rowId, refreshToken, second } = await connectBoth();
    expect(await world.delete(connectionId)).toEqual({ deleted: true });
    for (const id of [connectionId, rowId]) expect(await world.row(id)).toMatchObject({ sealed: null, deleted_at: expect.any(Date) as Date });
    await waitFor(() => !world.provider.renews(refreshToken) && !world.provider.renews(second.refreshToken), { what: 'both to be revoked' });
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.revocation WHERE connection_id IN ($1, $2)', [connectionId, rowId])).length === 0, { what: 'the jobs to be done' });
    await world.waitForEvent('revoked', connectionId);
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.outbox')).length === 0, { what: 'everything to be told' });
    expect(world.told('revoked', connectionId)).toHaveLength(1);
    expect(await world.delete(connectionId)).toEqual({ deleted: false });
  });

  it('a put after a delete is refused, and both its grants end', async () => {
    const { connectionId } = await connectBoth();
    await world.delete(connectionId);
    const [pair, second] = [world.provider.consent(), world.provider.consent()];
    expect(await codeOf(world.put({ connectionId, credential: world.grant(pair, { second }) }))).toBe('ENTITY_NOT_FOUND');
    await waitFor(() => !world.provider.renews(pair.refreshToken) && !world.provider.renews(second.refreshToken), { what: 'both to be revoked' });
  });

  it('disabled, neither is handed out; enabled, both are', async () => {
    const { connectionId, rowId } = await connectBoth();
    await world.configure(connectionId, 1, { enabled: false });
    for (const tokenName of [undefined, 'user']) expect(await codeOf(world.resolve({ connectionId, tokenName }))).toBe('CONNECTION_DISABLED');
    // Connected again while it is disabled, with a second token that was not there before.
    const other = await world.connect();
    await world.configure(other.connectionId, 1, { enabled: false });
    await connectBoth({ connectionId: other.connectionId });
    expect(await codeOf(world.resolve({ connectionId: other.connectionId, tokenName: 'user' }))).toBe('CONNECTION_DISABLED');
    await world.configure(connectionId, 2);
    await world.configure(other.connectionId, 2);
    for (const id of [connectionId, other.connectionId]) expect(await codeOf(world.resolve({ connectionId: id, tokenName: 'user' }))).toBe('none');
    expect(await world.row(rowId)).toMatchObject({ status: 'usable', status_when_enabled: null });
  });

  it('a configuration that came before the credential counts for both', async () => {
    const connectionId = newId('connection');
    await world.configure(connectionId, 1, { enabled: false });
    await connectBoth({ connectionId });
    for (const tokenName of [undefined, 'user']) expect(await codeOf(world.resolve({ connectionId, tokenName }))).toBe('CONNECTION_DISABLED');
  });

  it('shared with a project, both are usable there', async () => {
    const { connectionId } = await connectBoth({ projectId: null, projectIds: [] });
    expect(await codeOf(world.resolve({ connectionId, tokenName: 'user' }))).toBe('ENTITY_NOT_FOUND');
    await world.configure(connectionId, 1);
    expect(await codeOf(world.resolve({ connectionId, tokenName: 'user' }))).toBe('none');
  });

  it('the sweep renews both', async () => {
    const { connectionId, rowId, refreshToken, second } = await connectBoth();
    await Promise.all([world.makeDue(connectionId), world.makeDue(rowId)]);
    const sweeper = await world.addService({ TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS: '100' });
    await waitFor(() => callsWith(refreshToken) === 1 && callsWith(second.refreshToken) === 1, { what: 'both to be renewed' });
    await waitFor(async () => (await world.row(rowId)).version === 2, { what: 'the second to be stored' });
    await sweeper.close();
  });

  it('a new data key covers both', async () => {
    const { connectionId, rowId } = await connectBoth();
    const sealedBefore = sealedKeyVersion((await world.row(rowId)).sealed as Buffer);
    const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };
    const { id } = await world.client.rpc.call(credentialRotations.start, { principal: operator, rotation: { kind: 'data', destroyOld: false } });
    await waitFor(async () => (await world.client.rpc.call(credentialRotations.get, { principal: operator, id })).status !== 'running', { timeoutMs: 60_000, what: 'the rotation to end' });
    for (const row of [connectionId, rowId]) expect(sealedKeyVersion((await world.row(row)).sealed as Buffer)).toBeGreaterThan(sealedBefore);
    for (const tokenName of [undefined, 'user']) expect(await codeOf(world.resolve({ connectionId, tokenName }))).toBe('none');
  });

  it('an end that nothing renews is told with the connection\'s id', async () => {
    const { connectionId, rowId } = await connectBoth();
    await world.set(rowId, `refresh_expires_at = now() + interval '2 days', refresh_lifetime_seconds = 864000`);
    const teller = await world.addService({ TRUNKLINE_CREDENTIAL_EXPIRING_INTERVAL_MS: '100' });
    expect(await world.waitForEvent('expiring', connectionId)).toMatchObject({ connectionId, credentialVersion: 1, what: 'refresh' });
    await teller.close();
  });
});

describe('a second token that came while the database was away', () => {
  it('waits on disk and is stored in its own row', async () => {
    const alone = await World.start({ instances: 0 });
    const lossy = await startLossyRelay(alone.database.url);
    try {
      await alone.addService({ TRUNKLINE_SPOOL_INTERVAL_MS: '200' }, lossy.url);
      const second = alone.provider.consent();
      const { connectionId } = await alone.connect({}, { second });
      const rowId = `${connectionId}.user`;
      await alone.expire(rowId);
      const hold = alone.provider.hold();
      void codeOf(alone.resolve({ connectionId, tokenName: 'user' }));
      await hold.arrived;
      lossy.reachable(false);
      hold.release();
      await waitFor(async () => (await readdir(alone.spool).catch(() => [])).some((name) => name.endsWith('.token')), { what: 'the token on disk' });
      lossy.reachable(true);
      await waitFor(async () => (await alone.row(rowId)).version === 2, { timeoutMs: 30_000, what: 'the token to be stored' });
      expect((await alone.row(connectionId)).version).toBe(1);
      expect(alone.provider.accepts((await alone.resolve({ connectionId, tokenName: 'user' })).token!.reveal())).toBe(true);
    } finally {
      await alone.stop();
      await lossy.close();
    }
  }, 60_000);
});

describe('the migration', () => {
  it('can be taken back and made again', async () => {
    const database = await createTestDatabase();
    const upTo = tokensDatabase.migrations.slice(0, tokensDatabase.migrations.indexOf(SecondTokens1764000007000) + 1);
    const config = { databaseUrl: new Secret(database.url), databasePoolSize: 2, databaseStatementTimeoutMs: 30_000 };
    const dataSource = await createDataSource('token-refresher', config, { ...tokensDatabase, migrations: upTo }).initialize();
    const reads = () => database.query<{ text: string }>(`SELECT prosrc AS text FROM pg_proc WHERE proname IN ('credential_by_id', 'credential_by_connector', 'credentials_of_tenants') ORDER BY proname`);
    const walled = async () => (await reads()).map(({ text }) => [text.split('deleted_at IS NULL').length, text.split('token_name IS NULL').length]);
    try {
      await migrate(dataSource, 'tokens', database.url);
      const made = await walled();
      expect(made).toHaveLength(3);
      for (const [all, firstAlone] of made) expect(firstAlone).toBe(all);
      await dataSource.undoLastMigration();
      for (const [, firstAlone] of await walled()) expect(firstAlone).toBe(1);
      await migrate(dataSource, 'tokens', database.url);
      expect(await walled()).toEqual(made);
    } finally {
      await dataSource.destroy();
      await database.drop();
    }
  });
});

it('logs nothing secret, and tells of no row', async () => {
  expect(world.events.filter(({ data }) => JSON.stringify(data).includes('.user'))).toEqual([]);
  expect((await world.logs()).leaks).toEqual([]);
});
