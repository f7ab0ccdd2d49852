import { connections, connectionBroken, connectorDefined, connectorDefinitions, connectors, Secret, type Principal } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { answerAuthorizations, answerCredentials, codeOf, startRegistry, type Registry } from './harness.js';
import { smallConnector } from './small-connector.js';

let registry: Registry;
let keeper: Awaited<ReturnType<typeof answerCredentials>>;
let broker: Awaited<ReturnType<typeof answerAuthorizations>>;
const defined: { connector: string; version: number; deleted: boolean }[] = [];

beforeAll(async () => {
  registry = await startRegistry();
  [keeper, broker] = [await answerCredentials(registry), await answerAuthorizations(registry)];
  registry.client.nats.subscribe(connectorDefined.subject, { callback: (_, message) => void defined.push(message.json()) });
});
afterAll(async () => {
  await keeper?.stop();
  await broker?.stop();
  await registry?.stop();
});

let number = 0;
const nameOf = () => `crm_${(number += 1)}`;
const put = (principal: Principal, folder = smallConnector(nameOf()), scope: 'PROJECT' | 'PLATFORM' = 'PROJECT') => registry.call(connectorDefinitions.put, { principal, folder, scope });
const admin = async () => {
  const tenant = await registry.tenant({ scopes: ['admin'] });
  return { ...tenant, principal: tenant.principal };
};
const connect = (principal: Principal, connector: string, more: object = {}) =>
  registry.call(connections.connect, { principal, connector, displayName: 'Mine', inputs: {}, value: { type: 'SECRET_TEXT', secretText: new Secret('k') }, scope: 'PROJECT', allowOtherAccount: true, ...more } as never);

it('is defined, found by its name and its id, and listed beside the catalog', async () => {
  const { principal, project, platform } = await admin();
  const name = nameOf();
  const made = await put(principal, smallConnector(name));
  expect(made).toMatchObject({ name, platformId: platform.id, projectId: project.id, displayName: `Small ${name}`, version: 1, folder: smallConnector(name) });
  expect(made.id).toMatch(new RegExp(`^${name}_[a-z2-7]{8}$`));
  await waitFor(() => defined.find(({ connector }) => connector === made.id), { what: 'the event' });

  for (const asked of [name, made.id, `@activepieces/piece-${name.replaceAll('_', '-')}`]) expect(await registry.call(connectors.get, { principal, connector: asked })).toMatchObject({ id: made.id, aliases: [name], custom: true });
  const all = (await registry.call(connectors.list, { principal })).connectors;
  expect(all.find(({ id }) => id === made.id)).toMatchObject({ custom: true, authMethods: [{ type: 'OAUTH2' }, { type: 'SECRET_TEXT' }] });
  expect(all.find(({ id }) => id === 'hubspot')?.custom).toBeUndefined();
  expect((await registry.call(connectors.list, {})).connectors.some(({ id }) => id === made.id)).toBe(false);
  expect((await registry.call(connectors.logo, { connector: made.id })).svg).toContain('<svg');
  expect((await registry.call(connectorDefinitions.list, { principal, limit: 10 })).data).toMatchObject([{ id: made.id, version: 1 }]);
  expect((await registry.call(connectorDefinitions.reveal, { id: made.id })).folder).toEqual(smallConnector(name));
});

it('is nobody else\'s: equal names are two connectors, and a foreign id is an unknown one', async () => {
  const [one, other] = [await admin(), await admin()];
  const name = nameOf();
  const mine = await put(one.principal, smallConnector(name));
  const theirs = await put(other.principal, smallConnector(name));
  expect(theirs.id).not.toBe(mine.id);
  expect((await registry.call(connectors.get, { principal: other.principal, connector: name })).id).toBe(theirs.id);

  const neighbour = await registry.tenant({ scopes: ['admin'], platformId: one.platform.id });
  const sees = { operator: registry.operator, other: other.principal, neighbour: neighbour.principal };
  for (const principal of [sees.other, sees.neighbour]) {
    expect(await codeOf(registry.call(connectors.get, { principal, connector: mine.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(registry.call(connectorDefinitions.get, { principal, id: mine.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(registry.call(connectorDefinitions.delete, { principal, id: mine.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(connect(principal, mine.id))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(registry.call(connections.authorize, { principal, connector: mine.id, displayName: 'x', inputs: {}, scope: 'PROJECT', callback: 'oauth', browserBinding: new Secret('b'.repeat(43)), allowOtherAccount: false } as never))).toBe('ENTITY_NOT_FOUND');
  }
  expect(await codeOf(registry.call(connectors.get, { connector: mine.id }))).toBe('ENTITY_NOT_FOUND');
  expect(await registry.asTenant(other.platform.id, other.project.id, `SELECT id FROM registry.connector_definition WHERE name = '${name}'`)).toEqual([{ id: theirs.id }]);
  expect(await registry.asTenant(other.platform.id, other.project.id, `SELECT DISTINCT definition_id FROM registry.connector_definition_version WHERE definition_id IN ('${mine.id}', '${theirs.id}')`)).toEqual([{ definition_id: theirs.id }]);
});

it('of the platform is every project\'s; only its admins define it', async () => {
  const { principal, platform } = await admin();
  const manager = await registry.platformPrincipal(platform.id);
  const name = nameOf();
  const shared = await put(manager, smallConnector(name), 'PLATFORM');
  expect(shared.projectId).toBeNull();
  expect((await registry.call(connectors.get, { principal, connector: name })).id).toBe(shared.id);
  expect(await codeOf(put(principal, smallConnector(nameOf()), 'PLATFORM'))).toBe('AUTHORIZATION');
  expect(await codeOf(registry.call(connectorDefinitions.delete, { principal, id: shared.id }))).toBe('AUTHORIZATION');
  expect(await codeOf(put(principal, smallConnector(name)))).toBe('CONFLICT');
  expect(await codeOf(put(manager, smallConnector(nameOf())))).toBe('AUTHORIZATION');

  const own = nameOf();
  const ofProject = await put(principal, smallConnector(own));
  expect(await codeOf(put(manager, smallConnector(own), 'PLATFORM'))).toBe('CONFLICT');
  expect(await codeOf(connect(manager, ofProject.id, { scope: 'PLATFORM', externalId: 'x' }))).toBe('VALIDATION');
});

it('takes an admin; reading and checking do not', async () => {
  const { principalWith } = await admin();
  const writer = await principalWith(['connections:write']);
  const reader = await principalWith(['connections:read']);
  expect(await codeOf(put(writer))).toBe('AUTHORIZATION');
  expect(await registry.call(connectorDefinitions.check, { principal: writer, folder: smallConnector('x') })).toEqual({ problems: [] });
  expect(await codeOf(registry.call(connectorDefinitions.check, { principal: reader, folder: smallConnector('x') }))).toBe('AUTHORIZATION');
  expect((await registry.call(connectorDefinitions.list, { principal: reader, limit: 10 })).data).toEqual([]);
});

it('names what is wrong all at once, and where', async () => {
  const { principal } = await admin();
  const folder = smallConnector(nameOf(), { category: 'shoes', colour: 'red' }, { orders: { title: 'Orders', request: { path: 'orders' }, record_selector: { path: 'x' }, primary_key: [], pagination: { type: 'cursor' } } });
  const { problems } = await registry.call(connectorDefinitions.check, { principal, folder });
  expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['connector: category', 'connector: colour', 'streams.orders: request.path', 'streams.orders: primary_key', 'streams.orders: pagination.next']));
  await expect(put(principal, folder)).rejects.toMatchObject({ code: 'VALIDATION', params: { issues: problems } });
});

it.each<[string, Record<string, unknown>, string]>([
  ['a base outside of its origins', { base_url: 'https://elsewhere.example' }, 'connector: base_url'],
  ['http', { base_url: 'http://api.small.example' }, 'connector: base_url'],
  ['a setting of the operator', { headers: { 'X-Url': '{{settings.sandbox_url}}' } }, 'connector: headers.X-Url'],
  ['being offered by a setting', { available_when: 'sandbox_url' }, 'connector: available_when'],
  ['an alias', { aliases: ['hub'] }, 'connector: aliases'],
  ['a server that is no web server', { base_url: 'sftp://files.example', allowed_origins: ['sftp://files.example'] }, 'connector: base_url'],
  ['a name that is too long', { id: 'a'.repeat(56) }, 'connector: id'],
  ['a definition that is too large', { name: 'x', description: 'y'.repeat(270_000) }, 'connector'],
])('refuses %s', async (_, over, path) => {
  const { principal } = await admin();
  const refused = await put(principal, smallConnector(nameOf(), over)).then(() => [], (error: { params: { issues: { path: string }[] } }) => error.params.issues);
  expect(refused.map((issue) => issue.path)).toContain(path);
});

it.each(['hubspot', 'meta'])('refuses the catalog\'s own name %s', async (name) => {
  const { principal } = await admin();
  expect(await codeOf(put(principal, smallConnector(name)))).toBe('CONFLICT');
});

it('grows by versions: the same twice is one, two at once are two, and former ones can be seen', async () => {
  const { principal } = await admin();
  const name = nameOf();
  const first = await put(principal, smallConnector(name));
  expect((await put(principal, smallConnector(name))).version).toBe(1);
  const both = await Promise.all([put(principal, smallConnector(name, { latency: 'Minutes.' })), put(principal, smallConnector(name, { latency: 'Hours.' }))]);
  expect(both.map(({ id }) => id)).toEqual([first.id, first.id]);
  expect(both.map(({ version }) => version).sort()).toEqual([2, 3]);
  const [older, newest] = await Promise.all([registry.call(connectorDefinitions.get, { principal, id: name, version: 1 }), registry.call(connectorDefinitions.get, { principal, id: first.id })]);
  expect([older.folder.connector['latency'], newest.version]).toEqual(['Unknown.', 3]);
  expect(await codeOf(registry.call(connectorDefinitions.get, { principal, id: name, version: 9 }))).toBe('ENTITY_NOT_FOUND');
  expect((await registry.call(connectors.get, { principal, connector: name })).latency).toBe(newest.folder.connector['latency']);
});

it('many that take one name at once make one connector', async () => {
  const { principal } = await admin();
  const name = nameOf();
  const made = await Promise.all(Array.from({ length: 8 }, () => put(principal, smallConnector(name))));
  expect(new Set(made.map(({ id, version }) => `${id} ${version}`)).size).toBe(1);
});

it('is connected by its name, filtered by it, and cannot be deleted while it is used', async () => {
  const { principal } = await admin();
  const name = nameOf();
  const { id } = await put(principal, smallConnector(name));
  const connection = await connect(principal, name);
  expect(connection).toMatchObject({ connector: id, pieceName: name, status: 'active' });
  expect(keeper.puts.at(-1)).toMatchObject({ connector: id });
  await registry.call(connections.authorize, { principal, connector: name, displayName: 'x', inputs: {}, scope: 'PROJECT', externalId: 'other', callback: 'oauth', browserBinding: new Secret('b'.repeat(43)), allowOtherAccount: false } as never);
  expect(broker.starts.at(-1)).toMatchObject({ connector: id });
  for (const asked of [name, id]) expect((await registry.call(connections.all, { principal, connector: asked })).connections).toHaveLength(2);

  await expect(registry.call(connectorDefinitions.delete, { principal, id })).rejects.toMatchObject({ code: 'CONFLICT', params: { connections: 2 } });
  await registry.call(connections.disconnect, { principal, connector: name });
  await registry.database.query(`DELETE FROM registry.connection WHERE connector = '${id}'`);
  expect(await registry.call(connectorDefinitions.delete, { principal, id: name })).toEqual({ deleted: id });
  expect(await codeOf(registry.call(connectorDefinitions.delete, { principal, id }))).toBe('ENTITY_NOT_FOUND');
  expect(await codeOf(connect(principal, name))).toBe('ENTITY_NOT_FOUND');
  await waitFor(() => defined.find((event) => event.connector === id && event.deleted), { what: 'the event of its end' });
  // What is still to be revoked there needs it; and its name is free for another one.
  expect((await registry.call(connectorDefinitions.reveal, { id })).version).toBe(1);
  expect((await put(principal, smallConnector(name))).id).not.toBe(id);
});

it('that leads elsewhere needs its connections connected again; one that only changes does not', async () => {
  const { principal } = await admin();
  const name = nameOf();
  await put(principal, smallConnector(name));
  const { id } = await connect(principal, name);
  const statusOf = async () => registry.call(connections.get, { principal, id });
  await put(principal, smallConnector(name, { latency: 'Minutes.' }));
  await put(principal, smallConnector(name, { allowed_origins: ['https://api.small.example', 'https://files.small.example'] }));
  await waitFor(async () => (await statusOf()).statusReason === 'reauth_required', { what: 'the connection to be told' });
  await registry.told.wait(connectionBroken, id);
  expect((await statusOf()).status).toBe('degraded');
  await connect(principal, name);
  expect((await statusOf()).status).toBe('active');
  // Fewer places are among those known.
  await put(principal, smallConnector(name));
  await waitFor(async () => (await registry.database.query(`SELECT 1 FROM registry.connector_definition WHERE rebinding`)).length === 0, { what: 'nothing to be left to tell' });
  expect((await statusOf()).status).toBe('active');
});
