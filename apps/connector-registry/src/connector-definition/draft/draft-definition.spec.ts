import { existsSync, readFileSync } from 'node:fs';
import { checkFolder } from '@trunkline/catalog';
import type { ConnectorFolder, Principal } from '@trunkline/contracts';
import { draftDefinition } from './draft-definition.js';

const principal: Principal = { kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: ['connections:write'] };
const draft = (openapi: unknown, name?: string) => draftDefinition({ principal, openapi: openapi as never, name });
const query = (...names: string[]) => names.map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
const answering = (schema: unknown, more: object = {}) => ({ '200': { content: { 'application/json': { schema } }, ...more } });
const list = (items: unknown) => ({ type: 'array', items });
const withId = { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } };

const small = {
  openapi: '3.0.3',
  info: { title: 'Small Shop API' },
  servers: [{ url: 'https://api.shop.example/v2/' }],
  components: {
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-Shop-Key' },
      oauth: { type: 'oauth2', flows: { authorizationCode: { authorizationUrl: 'https://id.shop.example/authorize', tokenUrl: '/token', scopes: { 'orders.read': 'Orders' } } } },
    },
    schemas: { Order: { allOf: [{ $ref: '#/components/schemas/Loop' }, { type: 'object', properties: { order_id: { type: 'string' } } }] }, Loop: { $ref: '#/components/schemas/Loop' } },
  },
  paths: {
    '/v2/orders': {
      get: {
        summary: 'List orders', parameters: [...query('after', 'limit')], security: [{ oauth: ['orders.read'] }],
        responses: answering({ type: 'object', properties: { results: list({ $ref: '#/components/schemas/Order' }), paging: { type: 'object', properties: { next: { type: 'object', properties: { after: { type: 'string' } } } } } } }),
      },
    },
    '/customers': { get: { parameters: query('page', 'per_page'), responses: answering({ properties: { data: list(withId), total: { type: 'integer' } } }) } },
    '/products': { get: { parameters: [{ name: 'limit', in: 'query', schema: { maximum: 30 } }, ...query('offset')], responses: answering(list(withId)) } },
    '/events': { get: { parameters: query('per_page'), responses: answering(list(withId), { headers: { Link: {} } }) } },
    '/shops': { get: { responses: answering({ properties: { data: { properties: { items: list(withId) } }, next: { type: 'string' } } }) } },
    '/customers/{id}': { get: { responses: answering(withId) } },
    '/me': { get: { responses: answering({ type: 'object', properties: { id: { type: 'string' } } }) } },
    '/orders/bulk': { post: {} },
  },
};

it('makes a definition that passes the check, and says what it guessed', () => {
  const { folder, notes } = draft(small);
  expect(checkFolder(folder).problems).toEqual([]);
  expect(folder.connector).toMatchObject({
    id: 'small_shop_api', name: 'Small Shop API', base_url: 'https://api.shop.example/v2', allowed_origins: ['https://api.shop.example'],
    auth: { SECRET_TEXT: { headers: { 'X-Shop-Key': '{{credential.secret_text}}' } }, OAUTH2: { authorize_url: 'https://id.shop.example/authorize', token_url: 'https://api.shop.example/token' } },
  });
  expect(folder.streams).toEqual({
    orders: expect.objectContaining({
      title: 'List orders', request: { path: '/v2/orders', query: { after: '{{page.cursor}}', limit: '{{page.size}}' } }, record_selector: { path: 'results' }, primary_key: ['order_id'],
      pagination: { type: 'cursor', page_size: 100, next: { path: 'paging.next.after' } }, scopes: ['orders.read'],
    }) as unknown,
    customers: expect.objectContaining({ record_selector: { path: 'data' }, primary_key: ['id'], pagination: { type: 'page', start: 1, page_size: 100 } }) as unknown,
    products: expect.objectContaining({ record_selector: { path: '' }, pagination: { type: 'offset', page_size: 30 } }) as unknown,
    events: expect.objectContaining({ pagination: { type: 'link_header', page_size: 100 } }) as unknown,
    shops: expect.objectContaining({ record_selector: { path: 'data.items' }, pagination: { type: 'next_url', next: 'next' } }) as unknown,
  });
  const said = notes.join('\n');
  for (const part of ['streams.orders: read by cursor', '"order_id" is guessed', 'verification:', 'rate_limit, latency:', '1 GET operation has variables', 'PKCE is supported']) expect(said).toContain(part);
});

it('takes the name it is given', () => expect(draft(small, 'my_shop').folder.connector['id']).toBe('my_shop'));

const bare = { openapi: '3.1.0', paths: { '/items': { get: {} } } };
it.each<[string, unknown, string]>([
  ['says nothing', bare, 'a bearer token is guessed'],
  ['has a server that is none', { ...bare, servers: [{ url: 'not a url' }] }, 'stands in its place'],
  ['has a server of http', { ...bare, servers: [{ url: 'http://api.example.com/x' }] }, 'https is taken'],
  ['has variables in its server', { ...bare, servers: [{ url: 'https://{region}.example.com', variables: { region: { default: 'eu' } } }] }, 'filled with their defaults'],
  ['has texts with braces', { ...bare, info: { title: '{{settings.secret}}' }, paths: { '/items': { get: { summary: '{{inputs.x}}' } } } }, 'guessed'],
  ['names things that are no header', { ...bare, components: { securitySchemes: { k: { type: 'apiKey', in: 'header', name: 'Host' } } } }, 'has no counterpart'],
  ['has paths that lead out', { ...bare, paths: { '/a/../b': { get: {} }, '/items': { get: {} } } }, 'was left out'],
  ['refers to itself', { ...bare, components: { securitySchemes: { a: { $ref: '#/components/securitySchemes/a' } } }, paths: { '/items': { get: { responses: { 200: { $ref: '#/paths/~1items/get/responses/200' } } } } } }, 'is the array of records itself is guessed'],
])('passes the check where a document %s', (_, openapi, note) => {
  const { folder, notes } = draft(openapi);
  expect(checkFolder(folder).problems).toEqual([]);
  expect(notes.join('\n')).toContain(note);
});

it('is bounded, whatever a document holds', () => {
  const wide = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`/list_${index}`, { get: { responses: { 200: { $ref: '#/components/responses/all' } } } }]));
  const schemas = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`s${index}`, { allOf: Array.from({ length: 20 }, (_unused, part) => ({ $ref: `#/components/schemas/s${(index * 7 + part) % 400}` })), properties: { [`p${index}`]: {} } }]));
  const started = performance.now();
  const { folder, notes } = draft({ openapi: '3.0.0', servers: [{ url: 'https://api.example.com' }], paths: wide, components: { schemas, responses: { all: { content: { 'application/json': { schema: { $ref: '#/components/schemas/s0' } } } } } } });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(Object.keys(folder.streams).length).toBeLessThanOrEqual(100);
  expect(notes.length).toBeLessThanOrEqual(400);
});

it.each([[{ swagger: '2.0', paths: {} }], [{ openapi: '3.0.0' }], [{ openapi: 3, paths: {} }]])('refuses %j', (openapi) => {
  expect(() => draft(openapi)).toThrow(expect.objectContaining({ code: 'VALIDATION' }) as Error);
});

const klaviyo = new URL('../../../../../../shared/specs/klaviyo/openapi.json', import.meta.url);
(existsSync(klaviyo) ? it : it.skip)('drafts a large document (needs ../shared/specs)', () => {
  const { folder, notes } = draft(JSON.parse(readFileSync(klaviyo, 'utf8')));
  expect(checkFolder(folder).problems).toEqual([]);
  expect(Object.keys(folder.streams)).toEqual(expect.arrayContaining(['profiles', 'lists']));
  expect(folder.streams['profiles']).toMatchObject({ record_selector: { path: 'data' }, primary_key: ['id'], pagination: { type: 'cursor' } });
  expect(notes.length).toBeGreaterThan(10);
});

const contacts = new URL('../../../../../../shared/specs/hubspot/contacts.2026-03.json', import.meta.url);
const itWithSpecs = existsSync(contacts) ? it : it.skip;
itWithSpecs('drafts HubSpot\'s contacts as HubSpot describes them (needs ../shared/specs)', () => {
  const { folder, notes } = draft(JSON.parse(readFileSync(contacts, 'utf8')));
  expect(checkFolder(folder).problems).toEqual([]);
  expect(folder.connector).toMatchObject({ base_url: 'https://api.hubapi.com', allowed_origins: ['https://api.hubapi.com'], auth: { OAUTH2: { token_url: expect.stringContaining('https://api.hub') as unknown } } });
  const [name, stream] = Object.entries((folder as ConnectorFolder).streams)[0]!;
  expect([name, stream]).toEqual(['contacts', expect.objectContaining({ record_selector: { path: 'results' }, primary_key: ['id'], pagination: expect.objectContaining({ type: 'cursor', next: { path: 'paging.next.after' } }) as unknown })]);
  expect(notes.join('\n')).toContain('streams.contacts: read by cursor');
});
