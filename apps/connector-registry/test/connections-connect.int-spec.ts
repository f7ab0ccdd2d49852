import { connectionActivated, connectionConfigured, connections, credentialStored, Secret, type OauthCredential } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerAuthorizations, answerCredentials, answerFlows, codeOf, startRegistry, type Registry } from './harness.js';

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
  for (const part of [keeper, broker, orchestrator, registry]) await part.stop();
});
afterEach(() => keeper.beforePut(async () => undefined));

const { activate, auditOf, authorize, connect, fact, get, handled, key, list, only, remove, stored } = verbs(() => registry);
const code = (text = 'code_1'): OauthCredential => ({ type: 'OAUTH2', clientId: 'client_1', clientSecret: new Secret('shh'), code: new Secret(text), scopes: ['crm.read'] });
const rotate = (principal: Parameters<typeof connect>[0], id: string, over = {}) =>
  registry.call(connections.rotate, { principal, id, value: key('sk_test_2'), allowOtherAccount: false, ...over });

describe('what a connection is besides its credential', () => {
  it('is taken as it was given and shown with its owner', async () => {
    const { principal, project, user } = await registry.tenant({ withUser: true });
    const connection = await connect(principal, {
      connector: '@activepieces/piece-sandbox-graphql', pieceVersion: '0.10.0', externalId: 'main', displayName: 'Main', metadata: { team: ['a', { deep: true }] }, expires: '2030-01-01T00:00:00.000Z',
    });
    expect(connection).toMatchObject({
      connector: 'sandbox_graphql', pieceName: '@activepieces/piece-sandbox-graphql', pieceVersion: '0.10.0', scope: 'PROJECT', projectIds: [project.id], type: 'SECRET_TEXT',
      displayName: 'Main', metadata: { team: ['a', { deep: true }] }, expires: '2030-01-01T00:00:00.000Z', owner: { email: user.email, firstName: 'Ada', lastName: 'L' }, status: 'active',
    });
    expect(await get(principal, connection.id)).toEqual(connection);
    expect(await auditOf(connection.id)).toEqual(['connection.created', 'connection.connected']);
  });

  it('is changed by an upsert that succeeds and by no other', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal, { externalId: 'main', displayName: 'Before', expires: '2030-01-01T00:00:00.000Z' });
    expect(await codeOf(connect(principal, { externalId: 'main', displayName: 'After', metadata: { a: 1 }, value: key('refused') }))).toBe('INVALID_APP_CONNECTION');
    expect(await only(principal)).toEqual(before);
    const after = await connect(principal, { externalId: 'main', displayName: 'After', metadata: { a: 1 } });
    expect(after).toMatchObject({ id: before.id, displayName: 'After', metadata: { a: 1 }, expires: null });
    expect(after.version).toBeGreaterThan(before.version);
    expect(await auditOf(before.id)).toEqual([
      'connection.created', 'connection.connected', 'connection.reconnected failed', 'connection.reconnected', 'connection.updated',
    ]);
  });

  it('belongs to somebody else only if an admin says so, and only to somebody there is', async () => {
    const { principal, principalWith, user } = await registry.tenant();
    const { user: stranger } = await registry.tenant();
    expect(await codeOf(connect(principal, { ownerId: user.id }))).toBe('AUTHORIZATION');
    const admin = await principalWith(['admin']);
    expect(await codeOf(connect(admin, { ownerId: stranger.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await connect(admin, { ownerId: user.id })).toMatchObject({ ownerId: user.id });
  });
});

describe('upserts of one externalId', () => {
  it('100 at once, at two replicas, leave one row, and every caller gets it', async () => {
    const { principal } = await registry.tenant();
    const replica = await registry.startAnother();
    try {
      const made = await Promise.all(Array.from({ length: 100 }, (_, index) => connect(principal, { externalId: 'main', displayName: `N${index}` })));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await only(principal)).toMatchObject({ status: 'active' });
    } finally {
      await replica.close();
    }
  }, 60_000);

  it('some of which are refused leave what the others brought', async () => {
    const { principal } = await registry.tenant();
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => codeOf(connect(principal, { externalId: 'main', value: key(index % 2 === 0 ? 'refused' : 'sk_1') }))));
    expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(10);
    expect(await only(principal)).toMatchObject({ status: 'active' });
  });
});

describe('OAuth as a client brings it', () => {
  it('goes to the broker; what the provider told on the way is taken over', async () => {
    const { principal } = await registry.tenant();
    const connection = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() });
    expect(connection).toMatchObject({ type: 'OAUTH2', status: 'active', inputs: { realm_id: '4620' }, scopes: ['crm.read'], account: { id: 'acct_2' } });
    expect(broker.accepts.at(-1)).toMatchObject({ connectionId: connection.id, reconnect: false, type: 'OAUTH2' });
    await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() });
    expect(broker.accepts.at(-1)).toMatchObject({ connectionId: connection.id, reconnect: true });
  });

  it('that is refused leaves nothing, or what worked', async () => {
    const { principal } = await registry.tenant();
    expect(await codeOf(connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code('refused') }))).toBe('AUTHORIZATION_FAILED');
    expect(await list(principal)).toEqual([]);
    const before = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() });
    expect(await codeOf(connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code('refused') }))).toBe('AUTHORIZATION_FAILED');
    expect(await only(principal)).toEqual(before);
  });

  it('another type may come with a new credential: until it verifies the old one stands', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm' });
    expect(before.type).toBe('SECRET_TEXT');
    let meanwhile: string | undefined;
    keeper.beforePut(async () => void (meanwhile = (await only(principal)).status));
    expect(await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() })).toMatchObject({ id: before.id, type: 'OAUTH2' });
    expect(await connect(principal, { connector: 'sandbox_crm', externalId: 'crm' })).toMatchObject({ id: before.id, type: 'SECRET_TEXT', inputs: {} });
    expect(meanwhile).toBe('active');
  });
});

describe('a placeholder', () => {
  it('is missing until somebody connects it, under the same id', async () => {
    const { principal } = await registry.tenant();
    const placeholder = await connect(principal, { externalId: 'later', value: { type: 'PLACEHOLDER' } });
    expect(placeholder).toMatchObject({ status: 'missing', type: 'PLACEHOLDER', connectedAt: null });
    expect(await connect(principal, { externalId: 'later', displayName: 'Soon', value: { type: 'PLACEHOLDER' } })).toMatchObject({ id: placeholder.id, displayName: 'Soon' });
    expect(await codeOf(connect(principal, { externalId: 'later', value: key('refused') }))).toBe('INVALID_APP_CONNECTION');
    expect(await only(principal)).toMatchObject({ id: placeholder.id, status: 'missing', type: 'PLACEHOLDER' });
    expect(await connect(principal, { externalId: 'later' })).toMatchObject({ id: placeholder.id, status: 'active', type: 'SECRET_TEXT' });
    expect(await codeOf(connect(principal, { externalId: 'later', value: { type: 'PLACEHOLDER' } }))).toBe('INVALID_APP_CONNECTION');
  });

  it('keeps its connector', async () => {
    const { principal } = await registry.tenant();
    await connect(principal, { externalId: 'later', value: { type: 'PLACEHOLDER' } });
    expect(await codeOf(connect(principal, { externalId: 'later', connector: 'sandbox_crm' }))).toBe('INVALID_APP_CONNECTION');
  });

  it('is removed by deleting it', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal, { externalId: 'later', value: { type: 'PLACEHOLDER' } });
    await remove(principal, id);
    expect(await list(principal)).toEqual([]);
  });
});

describe('rotating a key', () => {
  it('keeps the connection and takes the new key and its expiry', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal, { expires: '2030-01-01T00:00:00.000Z' });
    const after = await rotate(principal, before.id, { expires: '2031-01-01T00:00:00.000Z' });
    expect(after).toMatchObject({ id: before.id, status: 'active', expires: '2031-01-01T00:00:00.000Z' });
    expect(keeper.puts.at(-1)).toMatchObject({ connectionId: before.id, allowOtherAccount: false });
    expect(await auditOf(before.id)).toContain('connection.rotated');
    expect((await rotate(principal, before.id)).expires).toBeNull();
  });

  it('with one that is refused leaves the old one working', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal);
    expect(await codeOf(rotate(principal, before.id, { value: key('refused') }))).toBe('INVALID_APP_CONNECTION');
    expect(await only(principal)).toEqual(before);
  });

  it('is refused for OAuth, for what has no key, and to anybody but the owner or an admin', async () => {
    const { principal, principalWith, user } = await registry.tenant({ withUser: true });
    const oauth = await connect(principal, { connector: 'sandbox_crm', externalId: 'o', value: code() });
    const empty = await connect(principal, { externalId: 'p', value: { type: 'PLACEHOLDER' } });
    const mine = await connect(principal, { externalId: 'k' });
    expect(await codeOf(rotate(principal, oauth.id))).toBe('VALIDATION');
    expect(await codeOf(rotate(principal, empty.id))).toBe('VALIDATION');
    expect(await codeOf(rotate(principal, mine.id, { value: code() }))).toBe('VALIDATION');
    expect(await codeOf(rotate(principal, mine.id, { value: { type: 'NO_AUTH' } }))).toBe('INVALID_APP_CONNECTION');
    expect(await codeOf(rotate(await principalWith(['connections:write']), mine.id))).toBe('AUTHORIZATION');
    expect(await rotate(await principalWith(['admin']), mine.id)).toMatchObject({ ownerId: user.id });
    const [row] = await registry.database.query<{ open_attempts: number }>('SELECT open_attempts FROM registry.connection WHERE id = $1', [mine.id]);
    expect(row!.open_attempts).toBe(0);
  });
});

describe('connecting again by id', () => {
  it('begins a walk for the connection as it is, with what is asked for besides', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() });
    const walk = await authorize(principal, { id: before.id, scopes: ['crm.write'], allowOtherAccount: true, type: 'PLATFORM_OAUTH2' });
    expect(walk.connectionId).toBe(before.id);
    expect(broker.starts.at(-1)).toMatchObject({
      connectionId: before.id, reconnect: true, scopes: ['crm.write'], allowOtherAccount: true, type: 'PLATFORM_OAUTH2', inputs: { realm_id: '4620' },
    });
    expect(await only(principal)).toMatchObject({ status: 'active' });
    expect(await activate(before.id, 5_000, { type: 'PLATFORM_OAUTH2', scopes: ['crm.read', 'crm.write'] })).toMatchObject({ id: before.id, type: 'PLATFORM_OAUTH2', scopes: ['crm.read', 'crm.write'] });
  });

  it('changes nothing else: another connector, externalId or input is refused', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() });
    for (const over of [{ connector: 'sandbox_graphql' }, { externalId: 'other' }, { inputs: { realm_id: '1' } }]) {
      expect(await codeOf(authorize(principal, { id, ...over }))).toBe('INVALID_APP_CONNECTION');
    }
    expect(await codeOf(authorize(principal, { id: 'conn_0' }))).toBe('ENTITY_NOT_FOUND');
  });

  it('is recorded in the name of whoever walked, though the broker activates', async () => {
    const { principal } = await registry.tenant({ withUser: true });
    const { connectionId } = await authorize(principal);
    await activate(connectionId, 1);
    const [entry] = await registry.database.query<{ actor_id: string; actor_user_id: string }>(
      `SELECT actor_id, actor_user_id FROM registry.audit_entry WHERE target_id = $1 AND action = 'connection.connected'`, [connectionId]);
    expect(entry).toEqual({ actor_id: principal.id, actor_user_id: principal.userId });
  });
});

describe('what the keeper says by event', () => {
  it('activates a key whose storing we never heard of', async () => {
    const { principal } = await registry.tenant();
    keeper.beforePut(async () => {
      throw new AppError('SERVICE_UNAVAILABLE', 'The answer is lost.');
    });
    expect(await codeOf(connect(principal))).toBe('SERVICE_UNAVAILABLE');
    const pending = await only(principal);
    expect(pending.status).toBe('pending');
    await registry.tell(credentialStored, { ...fact(pending), ...stored(registry.nextCredentialVersion()), type: 'SECRET_TEXT' });
    await waitFor(async () => (await only(principal)).status === 'active', { what: 'activation by event' });
  });

  it('is taken over if we died before we heard it', async () => {
    const { principal } = await registry.tenant();
    const { connectionId } = await authorize(principal);
    await registry.tell(credentialStored, { ...fact(await only(principal)), ...stored(1), inputs: { realm_id: '7' }, scopes: ['a'] });
    await waitFor(async () => (await get(principal, connectionId)).status === 'active', { what: 'activation by event' });
    expect(await get(principal, connectionId)).toMatchObject({ inputs: { realm_id: '7' }, scopes: ['a'] });
  });

  it('completes what an earlier word left open, and changes nothing when it repeats it', async () => {
    const { principal } = await registry.tenant();
    const before = await connect(principal, { connector: 'sandbox_crm', externalId: 'crm', value: code() });
    const [row] = await registry.database.query<{ version: number }>('SELECT credential_version::int AS version FROM registry.connection WHERE id = $1', [before.id]);
    const repeated = { ...fact(before), account: before.account, type: before.type, inputs: before.inputs, scopes: before.scopes, credentialVersion: row!.version };
    await registry.tell(credentialStored, repeated, `repeat-${before.id}`);
    await handled(`repeat-${before.id}`);
    expect(await only(principal)).toEqual(before);
    await registry.tell(credentialStored, { ...repeated, inputs: { region: 'eu', realm_id: '4620' } }, `more-${before.id}`);
    await handled(`more-${before.id}`);
    const after = await only(principal);
    expect(after).toMatchObject({ inputs: { region: 'eu', realm_id: '4620' }, version: before.version + 1 });
    await registry.tell(credentialStored, { ...repeated, inputs: { region: 'eu', realm_id: '4620' } }, `again-${before.id}`);
    await handled(`again-${before.id}`);
    expect(await only(principal)).toEqual(after);
  });
});

describe('a hold', () => {
  const disable = (principal: Parameters<typeof connect>[0], id: string) => registry.call(connections.disable, { principal, id });
  const enable = (principal: Parameters<typeof connect>[0], id: string) => registry.call(connections.enable, { principal, id });
  const lastConfigured = (id: string) => keeper.configured.filter(({ connectionId }) => connectionId === id).at(-1);

  it('is known to the keeper when it is answered, and told besides', async () => {
    const { principal, project } = await registry.tenant();
    const { id } = await connect(principal);
    const disabled = await disable(principal, id);
    expect(disabled.status).toBe('disabled');
    expect(lastConfigured(id)).toEqual({ connectionId: id, version: disabled.version, enabled: false, projectIds: [project.id], ownerId: null });
    await waitFor(() => registry.told.of(connectionConfigured, id).some(({ enabled }) => enabled === false), { what: 'the event' });
    const again = await disable(principal, id);
    expect(again).toEqual(disabled);
    const enabled = await enable(principal, id);
    expect(enabled.status).toBe('active');
    expect(lastConfigured(id)).toMatchObject({ enabled: true, version: enabled.version });
    expect(await auditOf(id)).toEqual(['connection.created', 'connection.connected', 'connection.disabled', 'connection.enabled']);
  });

  it('holds when the keeper is away: the event tells it', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal);
    await keeper.configurationAway();
    try {
      expect((await disable(principal, id)).status).toBe('disabled');
      await waitFor(() => registry.told.of(connectionConfigured, id).some(({ enabled }) => enabled === false), { what: 'the event' });
    } finally {
      await keeper.configurationBack();
    }
  });

  it('outlasts a reconnect, however the two meet', async () => {
    const { principal } = await registry.tenant();
    const { id } = await connect(principal, { externalId: 'main' });
    keeper.beforePut(async () => {
      keeper.beforePut(async () => undefined);
      await disable(principal, id);
    });
    expect(await connect(principal, { externalId: 'main' })).toMatchObject({ id, status: 'disabled' });
    expect(await connect(principal, { externalId: 'main' })).toMatchObject({ id, status: 'disabled' });
    expect((await enable(principal, id)).status).toBe('active');
    expect(registry.told.of(connectionActivated, id).length).toBeLessThanOrEqual(2);
  });

  it('is for the owner or an admin', async () => {
    const { principal, principalWith } = await registry.tenant({ withUser: true });
    const { id } = await connect(principal);
    expect(await codeOf(disable(await principalWith(['connections:write']), id))).toBe('AUTHORIZATION');
    expect((await disable(await principalWith(['admin']), id)).status).toBe('disabled');
  });
});

describe('an update', () => {
  const update = (principal: Parameters<typeof connect>[0], id: string, change: object) => registry.call(connections.update, { principal, id, change });

  it('changes a name and notes by whoever may write, metadata as a whole', async () => {
    const { principal, principalWith } = await registry.tenant({ withUser: true });
    const before = await connect(principal, { metadata: { a: 1, b: 2 } });
    const other = await principalWith(['connections:write', 'connections:read']);
    const after = await update(other, before.id, { displayName: 'New', metadata: { a: 3 } });
    expect(after).toMatchObject({ displayName: 'New', metadata: { a: 3 }, version: before.version + 1 });
    expect(await update(other, before.id, { displayName: 'New' })).toEqual(after);
    expect(await update(other, before.id, { metadata: null })).toMatchObject({ metadata: null, displayName: 'New' });
    expect(await codeOf(update(other, before.id, { expires: null }))).toBe('AUTHORIZATION');
    expect(await update(principal, before.id, { expires: '2030-01-01T00:00:00.000Z' })).toMatchObject({ expires: '2030-01-01T00:00:00.000Z' });
    expect((await auditOf(before.id)).filter((action) => action === 'connection.updated')).toHaveLength(3);
  });

  it('gives it to somebody else by an admin alone, and the keeper knows at once', async () => {
    const { principal, principalWith, user } = await registry.tenant();
    const { id } = await connect(principal);
    expect(await codeOf(update(principal, id, { ownerId: user.id }))).toBe('AUTHORIZATION');
    const admin = await principalWith(['admin']);
    expect(await codeOf(update(admin, id, { ownerId: 'user_0' }))).toBe('ENTITY_NOT_FOUND');
    const given = await update(admin, id, { ownerId: user.id });
    expect(given.ownerId).toBe(user.id);
    expect(keeper.configured.at(-1)).toMatchObject({ connectionId: id, ownerId: user.id, version: given.version });
  });

  it('shares nothing that is one project\'s', async () => {
    const { principal, project } = await registry.tenant();
    const { id } = await connect(principal);
    expect(await codeOf(update(principal, id, { projectIds: [project.id, 'proj_2'] }))).toBe('VALIDATION');
    expect(await codeOf(update(principal, id, { projectIds: [] }))).toBe('VALIDATION');
    expect(await codeOf(update(principal, id, { preSelectForNewProjects: true }))).toBe('VALIDATION');
    expect((await update(principal, id, { projectIds: [project.id] })).projectIds).toEqual([project.id]);
  });

  it('of an unknown or foreign connection is refused alike', async () => {
    const [mine, theirs] = [await registry.tenant(), await registry.tenant()];
    const { id } = await connect(theirs.principal);
    const outcomes = await Promise.all([id, 'conn_0'].map((one) => update(mine.principal, one, { displayName: 'x' }).catch((error: unknown) => error as AppError)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'ENTITY_NOT_FOUND', message: (outcomes[1] as AppError).message });
  });
});
