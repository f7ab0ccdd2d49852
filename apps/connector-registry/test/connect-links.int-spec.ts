import { authorizationAbandoned, connectLinks, connectionActivated, credentialStored, projects, Secret, type ConnectLink, type KeyCredential, type Principal, type RequestOf } from '@trunkline/contracts';
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
  for (const part of [keeper, broker, orchestrator, registry]) await part?.stop();
});
afterEach(() => {
  keeper.beforePut(async () => undefined);
  broker.refuseWith(null);
});

const { abandoned, activate, connect, fact, get, handled, key, list, only, remove } = verbs(() => registry);
type NewLink = RequestOf<typeof connectLinks.create>['link'];
const endUser = { id: 'u-1', displayName: 'Grace Hopper', email: 'grace@example.com' };
const create = (principal: Principal, over: Partial<NewLink> = {}) =>
  registry.call(connectLinks.create, { principal, link: { endUser, connectors: ['sandbox_graphql'], inputs: {}, scopes: [], allowOtherAccount: false, expiresInMinutes: 30, ...over } });
const view = (principal: Principal, { id }: Pick<ConnectLink, 'id'>) => registry.call(connectLinks.get, { principal, id });
const open = (token: Secret) => registry.call(connectLinks.open, { token });
const byKey = (token: Secret, over: { connector?: string; inputs?: Record<string, string>; value?: KeyCredential } = {}) =>
  registry.call(connectLinks.connect, { token, connector: 'sandbox_graphql', inputs: {}, value: key(), ...over });
const walk = (token: Secret, connector = 'sandbox_crm', inputs: Record<string, string> = {}) =>
  registry.call(connectLinks.authorize, { token, connector, inputs, browserBinding: new Secret('cookie') });
const claim = ({ id }: Pick<ConnectLink, 'id'>, connectionId: string, authorizationId: string) => registry.call(connectLinks.claim, { id, connectionId, authorizationId });
const expire = ({ id }: Pick<ConnectLink, 'id'>) => registry.database.query(`UPDATE registry.connect_link SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
const auditOf = async (targetId: string) =>
  registry.database.query<{ action: string; actor_id: string; details: Record<string, unknown> }>('SELECT action, actor_id, details FROM registry.audit_entry WHERE target_id = $1 ORDER BY place', [targetId]);

describe('a link', () => {
  it('is made of the project, shown with its token once, and kept as a digest', async () => {
    const { principal, project, platform } = await registry.tenant();
    const { token, ...link } = await create(principal, { connectors: ['@activepieces/piece-sandbox-graphql', 'sandbox_graphql', 'sandbox_crm'] });
    expect(token.reveal()).toMatch(/^[\w-]{43}$/);
    expect(link).toMatchObject({
      platformId: platform.id, projectId: project.id, endUser, connectors: ['sandbox_graphql', 'sandbox_crm'], connectionId: null, status: 'open', usedConnectionId: null, returnUrl,
    });
    expect(Date.parse(link.expiresAt) - Date.parse(link.created)).toBe(30 * 60_000);
    expect(await view(principal, link)).toEqual(link);
    expect((await registry.call(connectLinks.list, { principal, limit: 10 })).data).toEqual([link]);
    const [row] = await registry.database.query<{ everything: string }>('SELECT l::text AS everything FROM registry.connect_link l WHERE id = $1', [link.id]);
    expect(row!.everything).not.toContain(token.reveal());
    expect(row!.everything).not.toContain(Buffer.from(token.reveal()).toString('hex'));
    expect(await auditOf(link.id)).toMatchObject([{ action: 'connect_link.created', actor_id: principal.id, details: { endUserId: 'u-1' } }]);
  });

  it('opens a page that names for whom, for which product, and what may be chosen; looking changes nothing', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['sandbox_graphql', 'sandbox_crm'] });
    const before = await registry.database.query('SELECT * FROM registry.connect_link WHERE id = $1', [link.id]);
    const opened = await open(link.token);
    expect(opened).toMatchObject({ platformName: 'Acme', projectName: 'Shop', endUser, reconnect: false, givenInputs: [], expiresAt: link.expiresAt });
    expect(opened.connectors.map(({ id }) => id)).toEqual(['sandbox_graphql', 'sandbox_crm']);
    expect(await registry.database.query('SELECT * FROM registry.connect_link WHERE id = $1', [link.id])).toEqual(before);
    expect(await list(principal)).toEqual([]);
  });

  it('is another tenant\'s to nobody', async () => {
    const { principal, platform } = await registry.tenant();
    const { principal: neighbour, project } = await registry.tenant({ platformId: platform.id });
    const { principal: stranger } = await registry.tenant();
    const link = await create(principal);
    for (const other of [neighbour, stranger]) {
      expect(await codeOf(view(other, link))).toBe('ENTITY_NOT_FOUND');
      expect(await codeOf(registry.call(connectLinks.revoke, { principal: other, id: link.id }))).toBe('ENTITY_NOT_FOUND');
      expect((await registry.call(connectLinks.list, { principal: other, limit: 10 })).data).toEqual([]);
    }
    expect(await registry.asTenant(platform.id, project.id, 'SELECT id FROM registry.connect_link')).toEqual([]);
    await expect(registry.asTenant(platform.id, principal.projectId!, 'SELECT digest FROM registry.connect_link')).rejects.toThrow('permission denied');
    expect(await view(await registry.platformPrincipal(platform.id), link)).toMatchObject({ status: 'open' });
  });

  it('needs connections:write, a project, and what makes sense together', async () => {
    const { principal, principalWith, platform, user } = await registry.tenant();
    expect(await codeOf(create(await principalWith(['connections:read'])))).toBe('AUTHORIZATION');
    expect(await codeOf(create(await registry.platformPrincipal(platform.id)))).toBe('AUTHORIZATION');
    expect(await codeOf(create(principal, { connectors: undefined }))).toBe('VALIDATION');
    expect(await codeOf(create(principal, { connectors: ['no_such'] }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(create(principal, { returnUrl: `${returnUrl}/` }))).toBe('RETURN_URL_NOT_ALLOWED');
    expect(await codeOf(create(principal, { connectionId: 'conn_unknown' }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(create(principal, { inputs: { shop: 'acme' } }))).toBe('INVALID_APP_CONNECTION');
    expect(await codeOf(create(principal, { connectors: ['shopify'], inputs: { shop: 'no shop!' } }))).toBe('INVALID_APP_CONNECTION');
    expect(await codeOf(create(principal, { metadata: { big: 'x'.repeat(16_350) } }))).toBe('VALIDATION');
    expect(await codeOf(create(principal, { ownerId: user.id }))).toBe('AUTHORIZATION');
    expect(await codeOf(create(await principalWith(['admin']), { ownerId: 'user_unknown' }))).toBe('ENTITY_NOT_FOUND');
  });

  it('answers alike when it is unknown, used, revoked or expired by the database\'s clock', async () => {
    const { principal } = await registry.tenant();
    const [used, revoked, expired] = [await create(principal), await create(principal), await create(principal)];
    await byKey(used.token);
    expect(await registry.call(connectLinks.revoke, { principal, id: revoked.id })).toMatchObject({ status: 'revoked' });
    expect(await registry.call(connectLinks.revoke, { principal, id: revoked.id })).toMatchObject({ status: 'revoked' });
    await expire(expired);
    expect(await view(principal, expired)).toMatchObject({ status: 'expired' });
    expect(await registry.call(connectLinks.revoke, { principal, id: used.id })).toMatchObject({ status: 'used' });
    const told = async (work: Promise<unknown>) => work.then(() => 'no error', (error: AppError) => `${error.code} ${error.params.message}`);
    const answers = await Promise.all([new Secret('x'), new Secret('a'.repeat(43)), used.token, revoked.token, expired.token].flatMap((token) => [told(open(token)), told(byKey(token)), told(walk(token))]));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^CONNECT_LINK_INVALID /);
    expect((await auditOf(revoked.id)).map(({ action }) => action)).toEqual(['connect_link.created', 'connect_link.revoked']);
  });
});

describe('old links', () => {
  it('are forgotten thirty days after their time, and not before', async () => {
    const { principal } = await registry.tenant();
    const [old, younger] = [await create(principal), await create(principal)];
    const aged = (id: string, days: number) => registry.database.query(`UPDATE registry.connect_link SET expires_at = now() - make_interval(days => $2) WHERE id = $1`, [id, days]);
    await aged(old.id, 31);
    await aged(younger.id, 29);
    const replica = await registry.startAnother();
    try {
      await waitFor(async () => (await codeOf(view(principal, old))) === 'ENTITY_NOT_FOUND', { what: 'the old link to go' });
      expect(await view(principal, younger)).toMatchObject({ status: 'expired' });
    } finally {
      await replica.close();
    }
  });
});

describe('connecting with a key', () => {
  it('makes the end user\'s connection, owned as the link says, and uses the link up', async () => {
    const { principal, principalWith, user } = await registry.tenant();
    const admin = await principalWith(['admin']);
    const link = await create(admin, { ownerId: user.id, metadata: { plan: 'pro' } });
    const done = await byKey(link.token);
    expect(done).toMatchObject({ connector: 'sandbox_graphql', account: { id: 'acct_1', name: 'Acme Inc' }, returnUrl });
    const connection = await get(principal, done.connectionId);
    expect(connection).toMatchObject({
      externalId: 'u-1', displayName: 'Sandbox GraphQL of Grace Hopper', scope: 'PROJECT', projectId: principal.projectId, ownerId: user.id, status: 'active',
      metadata: { plan: 'pro', endUser }, type: 'SECRET_TEXT',
    });
    expect(await view(principal, link)).toMatchObject({ status: 'used', usedConnectionId: connection.id });
    const told = await auditOf(connection.id);
    expect(told.map(({ action }) => action)).toEqual(['connection.created', 'connection.connected']);
    for (const entry of told) expect(entry).toMatchObject({ actor_id: admin.id, details: { endUserId: 'u-1', connectLinkId: link.id } });
    expect((await auditOf(link.id)).at(-1)).toMatchObject({ action: 'connect_link.used', actor_id: admin.id, details: { endUserId: 'u-1', connectionId: connection.id } });
    await registry.told.wait(connectionActivated, connection.id);
  });

  it('happens once, however many try at the same time, at two replicas', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal);
    const replica = await registry.startAnother();
    const putsBefore = keeper.puts.length;
    try {
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => codeOf(byKey(link.token, { value: key(`sk_${index}`) }))));
      expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'CONFLICT' || outcome === 'CONNECT_LINK_INVALID')).toHaveLength(19);
    } finally {
      await replica.close();
    }
    expect(keeper.puts.length - putsBefore).toBe(1);
    const connection = await only(principal);
    expect([connection.status, (await view(principal, link)).usedConnectionId]).toEqual(['active', connection.id]);
  }, 60_000);

  it('that is refused leaves the link open and nothing behind', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal);
    expect(await codeOf(byKey(link.token, { value: key('refused') }))).toBe('INVALID_APP_CONNECTION');
    expect([await list(principal), (await view(principal, link)).status]).toEqual([[], 'open']);
    await byKey(link.token);
    expect(await view(principal, link)).toMatchObject({ status: 'used' });
  });

  it('uses the link up even if we are told by the keeper\'s event alone', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal);
    let connectionId = '';
    let version = 0;
    keeper.beforePut(async (put) => {
      connectionId = put.connectionId;
      version = registry.nextCredentialVersion();
      throw new AppError('SERVICE_UNAVAILABLE', 'the answer was lost');
    });
    expect(await codeOf(byKey(link.token))).toBe('SERVICE_UNAVAILABLE');
    // It may have been stored: nobody else gets in between.
    keeper.beforePut(async () => undefined);
    expect(await codeOf(byKey(link.token))).toBe('CONFLICT');
    const waiting = await only(principal);
    const data = { ...fact(waiting), connectionId, account: { id: 'acct_1', name: 'Acme Inc' }, credentialVersion: version, type: 'SECRET_TEXT' as const, inputs: {}, scopes: [] };
    await registry.tell(credentialStored, data as never, `evt_${link.id}`);
    await handled(`evt_${link.id}`);
    expect([(await get(principal, connectionId)).status, await view(principal, link)]).toMatchObject(['active', { status: 'used', usedConnectionId: connectionId }]);
  });

  it('takes no generated key, no placeholder, nothing that was not offered, and nothing that is set already', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['shopify', 'sandbox_graphql'], inputs: { shop: 'acme' } });
    expect((await open(link.token)).givenInputs).toEqual(['shop']);
    expect(await codeOf(byKey(link.token, { value: { type: 'KEY_PAIR', username: 'x', signingKeyId: 'skey_1' } }))).toBe('VALIDATION');
    expect(await codeOf(registry.call(connectLinks.connect, { token: link.token, connector: 'sandbox_graphql', inputs: {}, value: { type: 'PLACEHOLDER' } }))).toBe('VALIDATION');
    expect(await codeOf(byKey(link.token, { connector: 'sandbox_crm' }))).toBe('INVALID_APP_CONNECTION');
    expect(await codeOf(walk(link.token, 'shopify', { shop: 'evil' }))).toBe('INVALID_APP_CONNECTION');
    expect(await codeOf(walk(link.token, 'shopify', { other: 'x' }))).toBe('INVALID_APP_CONNECTION');
    await walk(link.token, 'shopify');
    expect(broker.starts.at(-1)).toMatchObject({ connector: 'shopify', inputs: { shop: 'acme' } });
  });
});

describe('connecting by consent', () => {
  it('begins a walk for one browser that knows its link; the connection that comes of it uses the link up', async () => {
    const { principal } = await registry.tenant({ withUser: true });
    const link = await create(principal, { connectors: ['sandbox_crm'], scopes: ['crm.write'] });
    const begun = await walk(link.token);
    expect(broker.starts.at(-1)).toMatchObject({
      connectionId: begun.connectionId, callback: 'oauth', returnUrl, scopes: ['crm.write'], reconnect: false, allowOtherAccount: false, ownerId: principal.userId,
      connectLink: { id: link.id, endUserId: 'u-1' }, principal: { id: principal.id, reach: 'project', scopes: ['connections:write'] },
    });
    expect(await view(principal, link)).toMatchObject({ status: 'open' });
    await claim(link, begun.connectionId, 'auth_1');
    await activate(begun.connectionId, registry.nextCredentialVersion());
    expect(await view(principal, link)).toMatchObject({ status: 'used', usedConnectionId: begun.connectionId });
    expect((await auditOf(begun.connectionId)).at(-1)).toMatchObject({ action: 'connection.connected', actor_id: principal.id, details: { endUserId: 'u-1' } });
  });

  it('lets one of two walks on; the other is refused before its code is exchanged', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['sandbox_crm'] });
    const [first, second] = [await walk(link.token), await walk(link.token)];
    expect(first.connectionId).toBe(second.connectionId);
    await claim(link, first.connectionId, 'auth_first');
    expect(await codeOf(claim(link, second.connectionId, 'auth_second'))).toBe('CONFLICT');
    await claim(link, first.connectionId, 'auth_first');
    await activate(first.connectionId, registry.nextCredentialVersion());
    expect(await codeOf(claim(link, second.connectionId, 'auth_second'))).toBe('CONNECT_LINK_INVALID');
    expect(await list(principal)).toHaveLength(1);
  });

  it('that comes to nothing leaves the link open; a revoked link ends the walks that were begun from it', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['sandbox_crm'] });
    const { connectionId } = await walk(link.token);
    const authorizationId = `auth_${link.id}`;
    await claim(link, connectionId, authorizationId);
    const event = `evt_ab_${link.id}`;
    await registry.tell(authorizationAbandoned, abandoned(connectionId, principal, authorizationId), event);
    await waitFor(async () => (await list(principal)).length === 0, { what: 'the attempt to end' });
    const again = await walk(link.token);
    expect(await view(principal, link)).toMatchObject({ status: 'open' });
    await registry.call(connectLinks.revoke, { principal, id: link.id });
    expect(await codeOf(claim(link, again.connectionId, 'auth_again'))).toBe('CONNECT_LINK_INVALID');
  });

  it('of two links for one connection only the one that was walked is used', async () => {
    const { principal } = await registry.tenant();
    const [one, other] = [await create(principal, { connectors: ['sandbox_crm'] }), await create(principal, { connectors: ['sandbox_crm'] })];
    const { connectionId } = await walk(one.token);
    expect((await walk(other.token)).connectionId).toBe(connectionId);
    await claim(one, connectionId, 'auth_one');
    expect(await codeOf(claim(other, connectionId, 'auth_other'))).toBe('CONFLICT');
    await activate(connectionId, registry.nextCredentialVersion());
    expect([(await view(principal, one)).status, (await view(principal, other)).status]).toEqual(['used', 'open']);
    // What is told again, of a credential that is known, is nobody else's use.
    await claim(other, connectionId, 'auth_other');
    await activate(connectionId, 1);
    expect((await view(principal, other)).status).toBe('open');
  });

  it('that ends when its connection has gone is told so', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['sandbox_crm'] });
    await walk(link.token);
    expect(await codeOf(claim(link, 'conn_gone', 'auth_1'))).toBe('CONFLICT');
  });

  it('that cannot begin leaves nothing behind', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['sandbox_crm'] });
    broker.refuseWith(new AppError('OAUTH_APP_MISSING', 'none'));
    expect(await codeOf(walk(link.token))).toBe('OAUTH_APP_MISSING');
    expect([await list(principal), (await view(principal, link)).status]).toEqual([[], 'open']);
  });

  it('a walk that was begun in time may end a little later; one whose link is held lapses with its holder', async () => {
    const { principal } = await registry.tenant();
    const link = await create(principal, { connectors: ['sandbox_crm'] });
    const { connectionId } = await walk(link.token);
    await expire(link);
    await claim(link, connectionId, 'auth_dead');
    await registry.database.query(`UPDATE registry.connect_link SET claimed_until = now() - interval '1 second' WHERE id = $1`, [link.id]);
    await claim(link, connectionId, 'auth_alive');
    await activate(connectionId, registry.nextCredentialVersion());
    expect(await view(principal, link)).toMatchObject({ status: 'used' });
  });
});

describe('what is there already', () => {
  it('of one end user and connector is connected again; another connector is beside it', async () => {
    const { principal } = await registry.tenant();
    const first = await byKey((await create(principal, { metadata: { a: 1 } })).token);
    const crm = await create(principal, { connectors: ['sandbox_crm'] });
    const second = await byKey(crm.token, { connector: 'sandbox_crm' });
    expect([await get(principal, first.connectionId), await get(principal, second.connectionId)]).toMatchObject([{ externalId: 'u-1' }, { externalId: 'u-1:sandbox_crm' }]);
    const renamed = { ...endUser, displayName: 'G. Hopper' };
    const again = await create(principal, { endUser: renamed, metadata: { b: 2 }, displayName: 'Theirs' });
    expect(await byKey(again.token, { value: key('sk_2') })).toMatchObject({ connectionId: first.connectionId });
    expect(keeper.puts.at(-1)).toMatchObject({ connectionId: first.connectionId, allowOtherAccount: false });
    expect(await get(principal, first.connectionId)).toMatchObject({ displayName: 'Theirs', metadata: { a: 1, b: 2, endUser: renamed } });
    await remove(principal, first.connectionId);
    await byKey((await create(principal, { connectors: ['sandbox_crm'] })).token, { connector: 'sandbox_crm' });
    expect((await list(principal)).map(({ id }) => id)).toEqual([second.connectionId]);
  });

  it('is connected again by its id, with its inputs and owner, and changed in nothing else', async () => {
    const { principal, principalWith, user } = await registry.tenant({ withUser: true });
    const connection = await connect(principal, { externalId: 'mine', displayName: 'Mine' });
    const keyless = await principalWith(['connections:read', 'connections:write']);
    expect(await codeOf(create(keyless, { connectors: undefined, connectionId: connection.id }))).toBe('AUTHORIZATION');
    expect(await codeOf(create(principal, { connectors: ['sandbox_crm'], connectionId: connection.id }))).toBe('VALIDATION');
    expect(await codeOf(create(principal, { connectors: undefined, connectionId: connection.id, externalId: 'x' }))).toBe('VALIDATION');
    const link = await create(principal, { connectors: undefined, connectionId: connection.id, allowOtherAccount: true });
    expect(await open(link.token)).toMatchObject({ reconnect: true, connectors: [{ id: 'sandbox_graphql' }] });
    expect(await byKey(link.token, { value: key('sk_new') })).toMatchObject({ connectionId: connection.id });
    expect(keeper.puts.at(-1)).toMatchObject({ allowOtherAccount: true, ownerId: user.id });
    expect(await get(principal, connection.id)).toMatchObject({ externalId: 'mine', displayName: 'Mine', ownerId: user.id, metadata: { endUser } });
  });

  it('and has gone, or belongs to somebody else by now, is told in words and is not connected', async () => {
    const { principal, principalWith } = await registry.tenant({ withUser: true });
    const connection = await connect(principal, { externalId: 'mine' });
    const link = await create(principal, { connectors: undefined, connectionId: connection.id });
    await remove(principal, connection.id);
    expect(await codeOf(byKey(link.token))).toBe('INVALID_APP_CONNECTION');
    // Somebody else's connection has the external id: the link reaches what belongs to its own owner.
    await connect(await principalWith(['connections:read', 'connections:write']), { externalId: 'u-1' });
    const puts = keeper.puts.length;
    expect(await codeOf(byKey((await create(principal)).token))).toBe('INVALID_APP_CONNECTION');
    expect(keeper.puts.length).toBe(puts);
  });

  it('of return URLs that were struck off the list is not gone to', async () => {
    const { principal, project } = await registry.tenant();
    const link = await create(principal);
    await registry.call(projects.update, { principal: registry.operator, id: project.id, change: { returnUrls: [] } } as never);
    expect((await byKey(link.token)).returnUrl).toBeNull();
  });
});
