import { connectorDefinitions, connectors, dryRuns, type ConnectorDefinition, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { seen, World } from './world.js';

const folder = { connector: { id: 'shop', name: 'Shop' }, streams: { orders: { title: 'Orders' } } };
const definition: ConnectorDefinition = {
  id: 'shop_abcdefgh', name: 'shop', platformId: 'plat_1', projectId: 'proj_1', displayName: 'Shop', version: 1, folder, created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z',
};
const issues = [{ path: 'streams.orders: primary_key', message: 'is missing' }];

let world: World;
const puts: RequestOf<typeof connectorDefinitions.put>[] = [];
const runs: RequestOf<typeof dryRuns.read>[] = [];
beforeAll(async () => {
  world = await World.start();
  await Promise.all([
    world.answer(connectorDefinitions.put)((request) => {
      puts.push(request);
      if (request.folder.connector['id'] === 'wrong') throw new AppError('VALIDATION', 'The definition has a problem.', { params: { issues } });
      return definition;
    }),
    world.answer(connectorDefinitions.list)(() => ({ data: [definition], next: null, previous: null })),
    world.answer(connectorDefinitions.get)(({ id, version }) => {
      if (id !== 'shop') throw AppError.notFound('connector_definition', id);
      return { ...definition, version: version ?? 1 };
    }),
    world.answer(connectorDefinitions.delete)(() => ({ deleted: definition.id })),
    world.answer(connectorDefinitions.check)(() => ({ problems: issues })),
    world.answer(connectorDefinitions.draft)(({ name }) => ({ folder: { connector: { id: name ?? 'api' }, streams: {} }, notes: ['guessed'] })),
    world.answer(connectors.get)(({ connector }) => {
      if (connector !== 'shop') throw AppError.notFound('connector', connector);
      return { id: definition.id, name: 'Shop', category: 'custom', aliases: ['shop'], authMethods: [], inputs: [], streams: [], rateLimit: 'x', latency: 'x', staticEgress: false, custom: true };
    }),
    world.answer(dryRuns.read)((request) => {
      runs.push(request);
      return { records: [{ id: 'a' }], keys: ['a'], quarantined: [], request: { method: 'GET', url: 'https://api.example.com/orders' }, more: false, tookMs: 3 };
    }),
  ]);
});
afterAll(() => world?.stop());

const asAdmin = { key: 'admin' };

it('defines, lists, shows and deletes', async () => {
  expect(await seen(await world.post('/api/v1/connectors', { ...folder, scope: 'PLATFORM' }, asAdmin))).toEqual([201, definition]);
  expect(puts.at(-1)).toMatchObject({ folder, scope: 'PLATFORM' });
  expect(await seen(await world.call('/api/v1/connectors/definitions'))).toMatchObject([200, { data: [{ id: definition.id }] }]);
  expect(await seen(await world.call('/api/v1/connectors/definitions/shop?version=7'))).toMatchObject([200, { version: 7, folder }]);
  expect(await seen(await world.call('/api/v1/connectors/definitions/other'))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
  expect(await seen(await world.call('/api/v1/connectors/definitions/shop', { method: 'DELETE', ...asAdmin }))).toEqual([200, { deleted: definition.id }]);
});

it('tells every problem of a definition', async () => {
  expect(await seen(await world.post('/api/v1/connectors/check', folder))).toEqual([200, { problems: issues }]);
  expect(await seen(await world.post('/api/v1/connectors', { ...folder, connector: { id: 'wrong' } }, asAdmin))).toMatchObject([400, { code: 'VALIDATION', params: { issues } }]);
  for (const body of [{}, { connector: [], streams: {} }, { ...folder, hooks: 'x' }, { ...folder, streams: { 'Not a name': {} } }]) expect((await world.post('/api/v1/connectors', body, asAdmin)).status).toBe(400);
  expect((await world.post('/api/v1/connectors', folder)).status).toBe(403);
});

it('runs dry by the id of what was named, with a value and nothing kept', async () => {
  const response = await world.post('/api/v1/connectors/dry-run', { connector: 'shop', stream: 'orders', value: { type: 'SECRET_TEXT', secret_text: 'k' } });
  expect(response.headers.get('cache-control')).toContain('no-store');
  expect(await seen(response)).toMatchObject([200, { records: [{ id: 'a' }], keys: ['a'], more: false }]);
  expect(runs.at(-1)).toMatchObject({ connector: definition.id, stream: 'orders', inputs: {}, value: { type: 'SECRET_TEXT' } });
  await world.post('/api/v1/connectors/dry-run', { definition: folder, stream: 'orders', connectionId: 'conn_1' });
  expect(runs.at(-1)).toMatchObject({ folder, connectionId: 'conn_1' });
  expect((await world.post('/api/v1/connectors/dry-run', { connector: 'other', stream: 'orders' })).status).toBe(404);
  expect((await world.post('/api/v1/connectors/dry-run', { connector: 'shop', definition: folder, stream: 'orders' })).status).toBe(400);
});

it('drafts', async () => {
  expect(await seen(await world.post('/api/v1/connectors/draft', { openapi: { openapi: '3.0.0', paths: {} }, name: 'shop' }))).toEqual([200, { folder: { connector: { id: 'shop' }, streams: {} }, notes: ['guessed'] }]);
  expect((await world.post('/api/v1/connectors/draft', { openapi: [] })).status).toBe(400);
});
