import {
  authorizationAbandoned, connectionActivated, connectionBroken, connectionDeleted, connections, credentialBroken, credentialRefreshed, credentialStored,
  type Principal, type RequestOf,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerAuthorizations, answerCredentials, answerFlows, codeOf, returnUrl, startRegistry, type Registry } from './harness.js';

let registry: Registry;
let keeper: Awaited<ReturnType<typeof answerCredentials>>;
let broker: Awaited<ReturnType<typeof answerAuthorizations>>;
let orchestrator: Awaited<ReturnType<typeof answerFlows>>;
beforeAll(async () => {
  registry = await startRegistry();
  keeper = await answerCredentials(registry);
  broker = await answerAuthorizations(registry);
  orchestrator = await answerFlows(registry);
});
afterAll(async () => {
  await keeper.stop();
  await broker.stop();
  await orchestrator.stop();
  await registry.stop();
});
afterEach(() => {
  keeper.beforePut(async () => undefined);
  keeper.afterDelete(async () => undefined);
  broker.refuseWith(null);
});

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
