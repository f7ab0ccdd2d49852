import {
  authorizationAbandoned, connectionActivated, connections, credentialStored, type RequestOf,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { startConnections, type ConnectionsWorld } from './connections-world.js';
import { codeOf, returnUrl } from './harness.js';

let world: ConnectionsWorld;
let registry: ConnectionsWorld['registry'];
let keeper: ConnectionsWorld['keeper'];
let broker: ConnectionsWorld['broker'];
beforeAll(async () => {
  world = await startConnections();
  ({ registry, keeper, broker } = world);
});
afterAll(() => world.stop());
afterEach(() => world.reset());

const { abandoned, activate, authorize, connect, fact, handled, key, list, only, stored } = verbs(() => registry);
const account = { id: 'acct_1', name: 'Acme Inc' };

describe('beginning an OAuth connection', () => {
  it('leaves a pending connection and tells the broker all it needs', async () => {
    const { principal, project, user } = await registry.tenant({ withUser: true });
    const started = await authorize(principal, { returnUrl, displayName: 'My CRM' });
    expect(started).toMatchObject({ connector: 'sandbox_crm', authorizationUrl: expect.stringContaining('https://provider.example.com/') as unknown });
    expect(await only(principal)).toMatchObject({
      id: started.connectionId, externalId: `sandbox_crm:${user.id}`, projectId: project.id, ownerId: user.id, type: 'OAUTH2',
      displayName: 'My CRM', status: 'pending', connectedAt: null, account: { id: null, name: null },
    });
    expect(broker.starts.at(-1)).toMatchObject({ connectionId: started.connectionId, projectId: project.id, ownerId: user.id, returnUrl, callback: 'connectors' });
    expect(broker.starts.at(-1)!.browserBinding.reveal()).toBe('cookie');
  });

  it('100 at once leave one row', async () => {
    const { principal } = await registry.tenant();
    const started = await Promise.all(Array.from({ length: 100 }, () => authorize(principal)));
    expect(new Set(started.map(({ connectionId }) => connectionId)).size).toBe(1);
    expect((await only(principal)).externalId).toBe('sandbox_crm:project');
  });

  it('keeps what works as it is while the new walk is under way', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    await activate(connectionId, 1);
    expect((await authorize(principal)).connectionId).toBe(connectionId);
    expect(await only(principal)).toMatchObject({ status: 'active', account });
    await registry.tell(authorizationAbandoned, abandoned(connectionId, principal, `auth_${connectionId}`));
    await handled(`auth_${connectionId}`);
    expect(await only(principal)).toMatchObject({ status: 'active', account });
  });

  it.each<[string, Partial<RequestOf<typeof connections.authorize>>, string]>([
    ['an unknown connector', { connector: 'no_such_system' }, 'ENTITY_NOT_FOUND'],
    ['an input that is not one', { inputs: { nonsense: 'x' } }, 'INVALID_APP_CONNECTION'],
    ['a return URL that only begins well', { returnUrl: `${returnUrl}/../elsewhere` }, 'RETURN_URL_NOT_ALLOWED'],
    ['a foreign return URL', { returnUrl: 'https://evil.test/' }, 'RETURN_URL_NOT_ALLOWED'],
  ])('is refused for %s and leaves nothing', async (_, over, code) => {
    const { principal } = await registry.tenant();
    expect(await codeOf(authorize(principal, over))).toBe(code);
    expect(await list(principal)).toEqual([]);
  });

  it('names an unknown connector as the entity that was not found', async () => {
    const { principal } = await registry.tenant();
    await expect(authorize(principal, { connector: 'no_such_system' })).rejects.toMatchObject({ params: { entityType: 'connector', entityId: 'no_such_system' } });
  });

  it('leaves nothing when the broker refuses, and keeps a connection that works', async () => {
    const { principal } = await registry.tenant();
    broker.refuseWith(new AppError('OAUTH_APP_MISSING', 'No OAuth app.'));
    expect(await codeOf(authorize(principal))).toBe('OAUTH_APP_MISSING');
    expect(await list(principal)).toEqual([]);
    broker.refuseWith(null);
    const { connectionId } = await authorize(principal);
    await activate(connectionId, 1);
    broker.refuseWith(new AppError('OAUTH_APP_MISSING', 'No OAuth app.'));
    expect(await codeOf(authorize(principal))).toBe('OAUTH_APP_MISSING');
    expect((await only(principal)).status).toBe('active');
  });

  it('needs the scope to write', async () => {
    const { principal } = await registry.tenant({ scopes: ['connections:read'] });
    expect(await codeOf(authorize(principal))).toBe('AUTHORIZATION');
  });
});

describe('a walk that was abandoned', () => {
  it('takes the pending connection with it, once no other walk is open', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    await authorize(principal);
    await registry.tell(authorizationAbandoned, abandoned(connectionId, principal, `first_${connectionId}`));
    await handled(`first_${connectionId}`);
    // The same walk in another event counts no second time; what is told afterwards is heard after it.
    await registry.tell(authorizationAbandoned, { ...abandoned(connectionId, principal, `first_${connectionId}`), outcome: 'failed' });
    await registry.tell(authorizationAbandoned, abandoned('conn_0', principal, `other_${connectionId}`));
    await handled(`other_${connectionId}`);
    expect((await only(principal)).status).toBe('pending');
    await registry.tell(authorizationAbandoned, abandoned(connectionId, principal, `second_${connectionId}`));
    await waitFor(async () => (await list(principal)).length === 0, { what: 'the pending connection to go' });
  });

  it('does nothing when it is told for another project', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    await registry.tell(authorizationAbandoned, { ...abandoned(connectionId, principal, `foreign_${connectionId}`), projectId: 'proj_other' });
    await handled(`foreign_${connectionId}`);
    expect((await only(principal)).status).toBe('pending');
  });
});

describe('activation', () => {
  it('makes the connection active, once, whether called or told, in any order and number', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    const pending = await only(principal);
    const told = { ...fact(pending), ...stored(3) };
    await Promise.all([
      activate(connectionId, 3),
      activate(connectionId, 3),
      registry.tell(credentialStored, told, `stored-${connectionId}`),
    ]);
    await handled(`stored-${connectionId}`);
    const active = await only(principal);
    expect(active).toMatchObject({ status: 'active', statusReason: null, account, connectedAt: expect.any(String) as unknown });
    await registry.told.wait(connectionActivated, connectionId);
    const late = await activate(connectionId, 2, { account: { id: 'old', name: 'Old' } });
    expect(late).toEqual(active);
    expect(registry.told.of(connectionActivated, connectionId)).toEqual([expect.objectContaining({ connectionId, recovered: false, inputs: {} })]);
  });

  it('happens by the keeper\'s event alone if the broker died', async () => {
    const { principal } = await registry.tenant();
    await authorize(principal);
    await registry.tell(credentialStored, { ...fact(await only(principal)), ...stored(1) });
    await waitFor(async () => (await only(principal)).status === 'active', { what: 'activation by event' });
  });

  it('of an unknown connection is refused, and a credential without a connection is destroyed', async () => {
    expect(await codeOf(activate('conn_gone', 1))).toBe('ENTITY_NOT_FOUND');
    const gone = { connectionId: 'conn_gone', platformId: 'plat_1', projectId: 'proj_1', connector: 'sandbox_graphql' };
    await registry.tell(credentialStored, { ...gone, ...stored(1) });
    await waitFor(() => keeper.deleted.includes('conn_gone'), { what: 'the stray credential to be destroyed' });
  });
});

describe('connecting with a key', () => {
  it('stores the key with the keeper and answers the active connection', async () => {
    const { principal } = await registry.tenant();
    const connection = await connect(principal);
    expect(connection).toMatchObject({
      connector: 'sandbox_graphql', externalId: 'sandbox_graphql:project', type: 'SECRET_TEXT', status: 'active', account: { id: 'acct_1', name: 'Acme Inc' },
    });
    expect(await only(principal)).toEqual(connection);
    expect(keeper.puts.at(-1)).toMatchObject({ connectionId: connection.id, connector: 'sandbox_graphql' });
    await registry.told.wait(connectionActivated, connection.id);
    const [row] = await registry.database.query<{ everything: string }>('SELECT c::text AS everything FROM registry.connection c WHERE id = $1', [connection.id]);
    expect(row!.everything).not.toContain('sk_test_1');
  });

  it('is pending until the key is verified, and leaves nothing if it is refused', async () => {
    const { principal } = await registry.tenant();
    let meanwhile: string | undefined;
    keeper.beforePut(async () => void (meanwhile = (await only(principal)).status));
    expect(await codeOf(connect(principal, { value: key('refused') }))).toBe('INVALID_APP_CONNECTION');
    expect(meanwhile).toBe('pending');
    expect(await list(principal)).toEqual([]);
  });

  it('with a key that is refused leaves a working connection as it was', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal);
    expect(await codeOf(connect(principal, { value: key('refused') }))).toBe('INVALID_APP_CONNECTION');
    expect(await only(principal)).toEqual(before);
  });

  it('again replaces the credential of the same connection', async () => {
    const { principal } = await registry.tenant();
    const first = await connect(principal);
    const second = await connect(principal, { displayName: 'Live account' });
    expect(second).toMatchObject({ id: first.id, status: 'active', displayName: 'Live account' });
    expect(registry.told.of(connectionActivated, first.id).length).toBeLessThanOrEqual(1);
  });

  it('many profiles of one system are told apart by externalId', async () => {
    const { principal } = await registry.tenant();
    const [us, eu] = [await connect(principal, { externalId: 'us' }), await connect(principal, { externalId: 'eu' })];
    expect(us.id).not.toBe(eu.id);
    expect((await list(principal)).map(({ externalId }) => externalId)).toEqual(['us', 'eu']);
  });

  it('the same externalId in two projects names two connections', async () => {
    const [one, other] = [await registry.tenant(), await registry.tenant()];
    const mine = await connect(one.principal, { externalId: 'main' });
    const theirs = await connect(other.principal, { externalId: 'main' });
    expect(mine.id).not.toBe(theirs.id);
  });

  it('a connection is bound to its connector and kind of credential', async () => {
    const { principal } = await registry.tenant();
    await connect(principal, { externalId: 'main' });
    expect(await codeOf(authorize(principal, { externalId: 'main' }))).toBe('INVALID_APP_CONNECTION');
    expect((await only(principal)).status).toBe('active');
  });

  it('a pending connection that never worked gives way to one of another connector', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal, { externalId: 'main' });
    const connection = await connect(principal, { externalId: 'main' });
    expect(connection.id).not.toBe(connectionId);
    expect(await codeOf(activate(connectionId, 1))).toBe('ENTITY_NOT_FOUND');
    expect((await only(principal)).connector).toBe('sandbox_graphql');
  });

  it("somebody else's connection is not taken over", async () => {
    const { principal, principalWith, user } = await registry.tenant({ withUser: true });
    await connect(principal, { externalId: 'main' });
    const projectKey = await principalWith(['connections:write', 'connections:read']);
    expect(await codeOf(connect(projectKey, { externalId: 'main' }))).toBe('AUTHORIZATION');
    const admin = await principalWith(['admin']);
    expect(await connect(admin, { externalId: 'main' })).toMatchObject({ ownerId: user.id });
  });

  it('a kind of key the connector does not take is refused', async () => {
    const { principal } = await registry.tenant();
    expect(await codeOf(connect(principal, { value: { type: 'NO_AUTH' } }))).toBe('INVALID_APP_CONNECTION');
  });
});

describe('listing', () => {
  it('shows the project alone, oldest first, by status, connector alias and owner', async () => {
    const { principal, principalWith, user, platform } = await registry.tenant();
    await registry.tenant().then(({ principal: stranger }) => connect(stranger));
    await registry.tenant({ platformId: platform.id }).then(({ principal: neighbour }) => connect(neighbour));
    const ofUser = await principalWith(['connections:write', 'connections:read'], user.id);
    const first = await connect(principal);
    const { connectionId: second } = await authorize(ofUser);
    const ids = async (over: Partial<RequestOf<typeof connections.list>>) => (await list(principal, over)).map(({ id }) => id);
    expect(await ids({})).toEqual([first.id, second]);
    expect(await ids({ status: ['pending'] })).toEqual([second]);
    expect(await ids({ status: ['pending', 'active'] })).toEqual([first.id, second]);
    expect(await ids({ connector: '@activepieces/piece-sandbox-graphql' })).toEqual([first.id]);
    expect(await ids({ connector: 'no_such_system' })).toEqual([]);
    expect(await ids({ ownerId: user.id })).toEqual([second]);
  });

  it('needs the scope to read', async () => {
    const { principal } = await registry.tenant({ scopes: ['connections:write'] });
    expect(await codeOf(list(principal))).toBe('AUTHORIZATION');
  });
});
