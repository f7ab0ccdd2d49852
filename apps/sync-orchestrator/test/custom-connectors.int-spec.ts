import { connectorDefined, connectorDefinitions, dryRuns, newId, Secret, type ConnectorFolder, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { answerRpc, waitFor } from '@trunkline/testing';
import { startCrm, send, type CrmServer } from './crm-server.js';
import { World } from './world.js';

const mine = 'crm_aaaaaaaa';
const theirs = 'crm_bbbbbbbb';
let world: World;
let crm: CrmServer;
let registry: { stop(): Promise<void> };
let version = 1;
let stream = 'companies';
let revealed = 0;

const folder = (over: Record<string, unknown> = {}): ConnectorFolder =>
  ({
    connector: {
      id: 'crm', name: 'CRM of their own', category: 'custom', inputs: [{ name: 'base_url', title: 'Base URL', pattern: '^https?://[a-z0-9.:]+$' }],
      base_url: '{{inputs.base_url}}', allowed_origins: ['{{inputs.base_url}}'],
      auth: { SECRET_TEXT: { query: { api_key: '{{credential.secret_text}}' }, headers: { 'X-Api-Key': '{{credential.secret_text}}' } } },
      verification: { request: { path: '/me' } }, rate_limit: { posture: 'x' }, latency: 'x',
    },
    streams: {
      [stream]: {
        title: 'Companies', request: { path: '/crm/v1/companies', query: { per_page: '{{page.size}}', page: '{{page.number}}' } }, record_selector: { path: 'data' }, primary_key: ['id'],
        pagination: { type: 'page', page_size: 20, total_pages: 'total_pages' }, ...over,
      },
    },
  }) as ConnectorFolder;

beforeAll(async () => {
  [world, crm] = [await World.create(), await startCrm({ companies: 45 })];
  registry = await answerRpc(world.nats.url, connectorDefinitions.reveal, ({ id }) => {
    revealed += 1;
    if (id !== mine && id !== theirs) throw AppError.notFound('connector', id);
    const owner = id === mine ? { platformId: world.platformId, projectId: world.projectId } : { platformId: newId('platform'), projectId: newId('project') };
    return { id, name: 'crm', ...owner, version, folder: folder() };
  });
  await world.start(crm);
  await world.start(crm);
});
afterAll(async () => {
  await registry?.stop();
  await world?.end();
  await crm?.close();
});
afterEach(() => {
  crm.intercept(null);
  crm.accept(null);
});

const key = 'the secret key';
const inputs = () => ({ base_url: crm.url });
function connect(bound = [crm.url]) {
  const connection = world.connect(world.projectId, { connector: mine, type: 'SECRET_TEXT', inputs: inputs() });
  world.kept.set(connection.id, { type: 'SECRET_TEXT', secretText: new Secret(key) });
  world.bound.set(connection.id, bound);
  return connection;
}
const dryRun = (over: Partial<RequestOf<typeof dryRuns.read>> = {}) =>
  world.client.rpc.call(dryRuns.read, { principal: world.principal({ scopes: ['connections:write'] }), folder: folder(), stream: 'companies', inputs: inputs(), value: { type: 'SECRET_TEXT', secretText: new Secret(key) }, ...over });
const failureOf = (work: Promise<unknown>) => work.then(() => undefined, (error: AppError) => error);

it('is read to its end by its tenant\'s flow', async () => {
  crm.accept([key]);
  const connection = connect();
  await world.activated(connection);
  const sync = await world.syncToTheEnd(30_000);
  expect(sync.connectors).toEqual([mine]);
  expect((await world.applied(connection.id)).size).toBe(45);
  world.connections.delete(connection.id);
});

it('is not read where its secret is not bound to', async () => {
  const connection = connect(['https://elsewhere.example']);
  await world.activated(connection);
  const before = crm.requests('companies');
  await world.syncToTheEnd(30_000);
  expect(crm.requests('companies')).toBe(before);
  expect((await world.applied(connection.id)).size).toBe(0);
  world.connections.delete(connection.id);
});

it('shows two replicas a new version within a second', async () => {
  const connection = connect();
  // Both have it by now, or get it here.
  for (let ask = 0; ask < 6; ask += 1) await failureOf(world.createFlow({ connectionId: connection.id, streams: ['companies'] as never, enabled: false }));
  [stream, version] = ['firms', 2];
  const told = performance.now();
  await world.tell(connectorDefined, { connector: mine, platformId: world.platformId, projectId: world.projectId, version, deleted: false });
  const names = async () => (await failureOf(dryRun({ folder: undefined, connector: mine, stream: 'nothing' })))?.message ?? '';
  await waitFor(async () => (await names()).includes('firms'), { what: 'the new version', timeoutMs: 1_000, intervalMs: 20 });
  expect(performance.now() - told).toBeLessThan(1_000);
  for (let ask = 0; ask < 10; ask += 1) expect(await names()).toContain('firms');
  [stream, version] = ['companies', 3];
  await world.tell(connectorDefined, { connector: mine, platformId: world.platformId, projectId: world.projectId, version, deleted: false });
  const before = revealed;
  await waitFor(async () => (await names()).includes('companies'), { what: 'the newest version' });
  for (let ask = 0; ask < 6; ask += 1) await names();
  expect(revealed - before).toBeLessThanOrEqual(2);
  world.connections.delete(connection.id);
});

describe('a dry run', () => {
  it('shows the first page and keeps nothing', async () => {
    crm.accept([key]);
    const before = crm.requests('companies');
    const shown = await dryRun();
    expect(shown).toMatchObject({ more: true, quarantined: [], request: { method: 'GET' } });
    expect([shown.records.length, shown.keys[0], crm.requests('companies') - before]).toEqual([25, 'com_00000001', 1]);
    expect(shown.request!.url).toContain(`${crm.url}/crm/v1/companies?per_page=25&page=1`);
    expect(JSON.stringify(shown)).not.toContain(key);
    expect(JSON.stringify(shown)).not.toContain(encodeURIComponent(key));
    expect(await world.database.query('SELECT 1 FROM sync.checkpoint c JOIN sync.flow f ON f.id = c.flow_id WHERE f.connector LIKE $1', ['crm'])).toEqual([]);
  });

  it('puts aside what has no key, and says where', async () => {
    crm.intercept((_, response) => (send(response, 200, { data: [{ id: 'a' }, { name: 'none' }], total_pages: 1 }), 'answered'));
    expect(await dryRun()).toMatchObject({ keys: ['a'], quarantined: [{ position: 1 }], more: false });
  });

  it('works with a stored connector and a connection of it', async () => {
    const connection = connect();
    expect((await dryRun({ folder: undefined, connector: mine, connectionId: connection.id, value: undefined, inputs: {} })).records).toHaveLength(25);
    const elsewhere = connect(['https://elsewhere.example']);
    expect(await failureOf(dryRun({ folder: undefined, connector: mine, connectionId: elsewhere.id, value: undefined, inputs: {} }))).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT' });
    // A definition that is not stored could do anything with somebody else's credential.
    expect(await failureOf(dryRun({ connectionId: connection.id, value: undefined, inputs: {} }))).toMatchObject({ code: 'AUTHORIZATION' });
    const admin = world.principal({ scopes: ['admin'] });
    expect((await dryRun({ principal: admin, connectionId: connection.id, value: undefined, inputs: {} })).records).toHaveLength(25);
    expect(await failureOf(dryRun({ principal: admin, connectionId: elsewhere.id, value: undefined, inputs: {} }))).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT' });
  });

  it.each<[string, () => Partial<RequestOf<typeof dryRuns.read>>, string]>([
    ['another tenant\'s connector', () => ({ folder: undefined, connector: theirs }), 'ENTITY_NOT_FOUND'],
    ['one there is not', () => ({ folder: undefined, connector: 'crm_cccccccc' }), 'ENTITY_NOT_FOUND'],
    ['neither connector nor definition', () => ({ folder: undefined }), 'VALIDATION'],
    ['a stream there is not', () => ({ stream: 'nothing' }), 'VALIDATION'],
    ['a definition that is wrong', () => ({ folder: folder({ colour: 'red' }) }), 'VALIDATION'],
    ['records that are not where it says', () => ({ folder: folder({ record_selector: { path: 'nowhere' } }) }), 'VALIDATION'],
    ['no credential', () => ({ value: undefined }), 'VALIDATION'],
    ['inputs that do not fit', () => ({ inputs: { base_url: 'ftp://x' } }), 'VALIDATION'],
    ['a host that is private', () => ({ inputs: { base_url: 'http://127.0.0.1:9' } }), 'VALIDATION'],
    ['a key without the scope', () => ({ principal: world.principal({ scopes: ['connections:read'] }) }), 'AUTHORIZATION'],
  ])('refuses %s', async (_, over, code) => expect(await failureOf(dryRun(over()))).toMatchObject({ code }));

  it('says that the provider did not take the credential', async () => {
    crm.accept([]);
    expect(await failureOf(dryRun())).toMatchObject({ code: 'INVALID_APP_CONNECTION', params: { status: 401 } });
  });
});
