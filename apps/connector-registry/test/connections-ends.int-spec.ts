import {
  connectionActivated, connectionBroken, connectionDeleted, connections, credentialBroken, credentialRefreshed, credentialStored, type Principal,
} from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { startConnections, type ConnectionsWorld } from './connections-world.js';
import { codeOf } from './harness.js';

let world: ConnectionsWorld;
let registry: ConnectionsWorld['registry'];
let keeper: ConnectionsWorld['keeper'];
beforeAll(async () => {
  world = await startConnections();
  ({ registry, keeper } = world);
});
afterAll(() => world.stop());
afterEach(() => world.reset());

const { activate, authorize, connect, fact, handled, list, only, stored } = verbs(() => registry);
const account = { id: 'acct_1', name: 'Acme Inc' };

describe('what happens to a credential', () => {
  const broken = async (principal: Principal, over: { credentialVersion: number; reason?: 'reauth_required' | 'key_expired' }) => {
    const connection = await only(principal);
    await registry.tell(credentialBroken, { ...fact(connection), reason: 'reauth_required', ...over }, `broken-${connection.id}-${over.credentialVersion}`);
    await handled(`broken-${connection.id}-${over.credentialVersion}`);
  };
  const refreshed = async (principal: Principal, credentialVersion: number) => {
    const connection = await only(principal);
    await registry.tell(credentialRefreshed, { ...fact(connection), credentialVersion, expiresAt: null }, `refreshed-${connection.id}-${credentialVersion}`);
    await handled(`refreshed-${connection.id}-${credentialVersion}`);
  };

  const active = async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    await activate(connectionId, 5);
    return { principal, connectionId };
  };

  it('degrades the connection and mends it again; both are told', async () => {
    const { principal, connectionId } = await active();
    await broken(principal, { credentialVersion: 5 });
    expect(await only(principal)).toMatchObject({ status: 'degraded', statusReason: 'reauth_required' });
    expect(await registry.told.wait(connectionBroken, connectionId)).toMatchObject({ reason: 'reauth_required' });
    await refreshed(principal, 6);
    expect(await only(principal)).toMatchObject({ status: 'active', statusReason: null });
    await waitFor(() => registry.told.of(connectionActivated, connectionId).some(({ recovered }) => recovered === true), { what: 'the recovery to be told' });
  });

  it('says nothing of a connection that has a newer one already', async () => {
    const { principal } = await active();
    await refreshed(principal, 6);
    await broken(principal, { credentialVersion: 5 });
    expect((await only(principal)).status).toBe('active');
  });

  it('a refresh does not mend what it cannot', async () => {
    const { principal } = await active();
    await broken(principal, { credentialVersion: 5, reason: 'key_expired' });
    await refreshed(principal, 6);
    expect(await only(principal)).toMatchObject({ status: 'degraded', statusReason: 'key_expired' });
  });

  it('a new credential mends everything', async () => {
    const { principal, connectionId } = await active();
    await broken(principal, { credentialVersion: 5, reason: 'key_expired' });
    expect(await activate(connectionId, 6)).toMatchObject({ status: 'active', statusReason: null });
  });

  it('that broke before its storing was heard of leaves the connection degraded, with its account', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    await broken(principal, { credentialVersion: 1 });
    await activate(connectionId, 1);
    expect(await only(principal)).toMatchObject({ status: 'degraded', statusReason: 'reauth_required', account });
  });
});

describe('disconnecting', () => {
  it('removes the connection, destroys its credential and tells it', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal);
    expect(await registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' })).toEqual({ disconnected: [id] });
    expect(keeper.deleted).toContain(id);
    expect(await list(principal)).toEqual([]);
    await registry.told.wait(connectionDeleted, id);
    expect(await codeOf(registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' }))).toBe('ENTITY_NOT_FOUND');
  });

  it('survives a keeper that is away: the connection is gone at once, its credential as soon as the keeper is back', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal);
    await keeper.deletionAway();
    expect(await registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' })).toEqual({ disconnected: [id] });
    expect(await list(principal)).toEqual([]);
    expect(keeper.deleted).not.toContain(id);
    const waiting = () => registry.database.query('SELECT 1 FROM registry.connection_deletion WHERE connection_id = $1', [id]);
    expect(await waiting()).toHaveLength(1);
    await keeper.deletionBack();
    await waitFor(() => keeper.deleted.includes(id), { what: 'the credential to be destroyed', timeoutMs: 25_000 });
    await waitFor(async () => (await waiting()).length === 0, { what: 'the deletion to be confirmed' });
  }, 45_000);

  it("takes the caller's own, or one by its id", async () => {
    const { principal, principalWith, user } = await registry.tenant();
    const ofUser = await principalWith(['connections:write', 'connections:read'], user.id);
    const theirs = await connect(ofUser);
    const [a, b] = [await connect(principal, { externalId: 'a' }), await connect(principal, { externalId: 'b' })];
    expect(await registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql', connectionId: a.id })).toEqual({ disconnected: [a.id] });
    expect(await registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' })).toEqual({ disconnected: [b.id] });
    expect((await list(principal)).map(({ id }) => id)).toEqual([theirs.id]);
    expect(await codeOf(registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql', ownerId: user.id }))).toBe('AUTHORIZATION');
    const admin = await principalWith(['admin']);
    expect(await registry.call(connections.disconnect, { principal: admin, connector: 'sandbox_graphql', ownerId: user.id })).toEqual({ disconnected: [theirs.id] });
  });

  it('a foreign connection and an unknown one answer alike', async () => {
    const mine = await registry.tenant();
    const others = [await registry.tenant(), await registry.tenant({ platformId: mine.platform.id })];
    const foreign = [await connect(others[0]!.principal), await connect(others[1]!.principal)];
    const outcomes = await Promise.all(
      [...foreign.map(({ id }) => id), 'conn_0'].map((connectionId) =>
        registry.call(connections.disconnect, { principal: mine.principal, connector: 'sandbox_graphql', connectionId }).catch((error: unknown) => error)),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'ENTITY_NOT_FOUND', message: (outcomes[2] as Error).message });
    for (const { principal } of others) expect(await list(principal)).toHaveLength(1);
  });

  it('while a credential is on its way leaves neither', async () => {
    const { principal } = await registry.tenant();
    keeper.beforePut(async ({ connectionId }) => {
      await registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql', connectionId });
    });
    expect(await codeOf(connect(principal))).toBe('CONFLICT');
    expect(await list(principal)).toEqual([]);
    const { connectionId, platformId, projectId } = keeper.puts.at(-1)!;
    const before = keeper.deleted.filter((id) => id === connectionId).length;
    await registry.tell(credentialStored, { connectionId, platformId, projectId, connector: 'sandbox_graphql', ...stored(1) });
    await waitFor(() => keeper.deleted.filter((id) => id === connectionId).length > before, { what: 'the late credential to be destroyed', timeoutMs: 25_000 });
  }, 45_000);

  it('an answer to an earlier deletion does not cover a credential that came after it', async () => {
    const { principal } = await registry.tenant();
    const { id: connectionId, platformId, projectId, connector } = await connect(principal);
    keeper.afterDelete(async () => {
      keeper.afterDelete(async () => undefined);
      await registry.tell(credentialStored, { connectionId, platformId, projectId, connector, ...stored(9) }, `late-${connectionId}`);
      await handled(`late-${connectionId}`);
    });
    await registry.call(connections.disconnect, { principal, connector });
    await waitFor(() => keeper.deleted.filter((id) => id === connectionId).length === 2, { what: 'the late credential to be destroyed' });
  });

  it('two at once remove it once', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal);
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(registry.call(connections.disconnect, { principal, connector: 'sandbox_graphql' }))));
    expect(outcomes.sort()).toEqual(['ENTITY_NOT_FOUND', 'ENTITY_NOT_FOUND', 'no error']);
    await waitFor(() => registry.told.of(connectionDeleted, id).length === 1, { what: 'one fact' });
  });
});

describe('attempts nobody finishes', () => {
  it('are removed by any replica when their time is over, and nothing else is', async () => {
    const { principal } = await registry.tenant();
    const working = await connect(principal);
    const { connectionId } = await authorize(principal);
    await authorize(principal, { externalId: 'young' });
    await registry.database.query(`UPDATE registry.connection SET pending_until = now() - interval '1 second' WHERE id = ANY($1)`, [[connectionId, working.id]]);
    // The round runs at start: a new replica comes up with it.
    const replica = await registry.startAnother();
    try {
      await waitFor(async () => !(await list(principal)).some(({ id }) => id === connectionId), { what: 'the forgotten attempt to go' });
      expect((await list(principal)).map(({ externalId }) => externalId)).toEqual(['sandbox_graphql:project', 'young']);
    } finally {
      await replica.close();
    }
  });
});
