import { loadCatalog } from '@trunkline/catalog';
import { Secret } from '@trunkline/contracts';
import { openWriter } from '../src/index.js';
import type { Budget, Credential, WriterOptions } from '../src/index.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Received, Reply } from './support/local-server.js';
import { batchOf, gone, upsert } from './support/write.js';

const catalog = loadCatalog();
const secret = (text: string): Credential => ({ type: 'SECRET_TEXT', secretText: new Secret(text) });

describe('writing by requests', () => {
  let server: LocalServer;
  let answer: (request: Received) => Reply;
  beforeAll(async () => {
    server = await startServer((request) => answer(request));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    answer = () => ({ status: 204 });
  });

  const options = (target: WriterOptions['target'], more: Partial<WriterOptions> = {}): WriterOptions => ({
    egress: server.egress,
    connector: catalog.get(target.kind === 'graphql' ? 'custom_graphql' : 'custom_rest'),
    inputs: target.kind === 'graphql' ? { endpoint: `${server.origin}/graphql` } : { base_url: `${server.origin}/v1`, verification_path: 'me' },
    settings: {},
    target,
    stream: 'contacts',
    flowId: 'flow_1',
    credential: async () => secret('key-1'),
    renew: async () => false,
    signal: new AbortController().signal,
    ...more,
  });
  const rest = (fields: Record<string, unknown> = {}, more: Partial<WriterOptions> = {}) => openWriter(options({ kind: 'rest', method: 'POST', path: '/contacts', batch: 1, ...fields } as WriterOptions['target'], more));
  const graphql = (fields: Record<string, unknown> = {}, more: Partial<WriterOptions> = {}) =>
    openWriter(options({ kind: 'graphql', mutation: 'mutation ($id: ID!, $mail: String) { put(id: $id, mail: $mail) { id } }', variables: { id: 'key', mail: 'data.email.work' }, ...fields } as WriterOptions['target'], more));
  const idempotency = () => server.received.map(({ headers }) => headers['idempotency-key']);

  describe('to a REST API', () => {
    it('sends each record to its own path, in order, with the credential of the connection', async () => {
      const writer = rest({ method: 'PUT', path: '/contacts/{{record.key}}?upsert=true', deletePath: '/contacts/{{record.key}}' });
      expect(await writer.write(batchOf([upsert('a/b c', 1, { name: 'Ä' }), gone('x', 2), upsert('a/b c', 3, { name: 'B' })]))).toEqual([]);
      expect(server.received.map(({ method, target, body, headers }) => [method, target, body, headers.authorization])).toEqual([
        ['PUT', '/v1/contacts/a%2Fb%20c?upsert=true', '{"name":"Ä"}', 'Bearer key-1'],
        ['DELETE', '/v1/contacts/x', '', 'Bearer key-1'],
        ['PUT', '/v1/contacts/a%2Fb%20c?upsert=true', '{"name":"B"}', 'Bearer key-1'],
      ]);
    });

    it('gives each version of a record one idempotency key, however often it is sent', async () => {
      await rest().write(batchOf([upsert('a', 1), upsert('a', 2)]));
      await rest().write(batchOf([upsert('a', 1)], 7, 9));
      await rest({}, { flowId: 'flow_2' }).write(batchOf([upsert('a', 1)]));
      const [first, second, again, other] = idempotency();
      expect(first).toMatch(/^[0-9a-f]{64}$/);
      expect(again).toBe(first);
      expect(new Set([first, second, other]).size).toBe(3);
    });

    it('sends several as an array, and finds those that are refused among them', async () => {
      answer = ({ body }) => ({ status: body.includes('bad') ? 422 : 200, body: { s3cret: body } });
      const records = Array.from({ length: 10 }, (_, index) => upsert(`k${index}`, index, { id: index === 3 || index === 7 ? 'bad' : `k${index}` }));
      const untaken = await rest({ batch: 8 }).write(batchOf(records));
      expect(untaken).toEqual([3, 7].map((index) => ({ index, reason: 'the destination does not take it (422)' })));
      const taken = server.received.flatMap(({ body }) => (body.includes('bad') ? [] : (JSON.parse(body) as { id: string }[]).map(({ id }) => id)));
      expect(taken).toEqual(['k0', 'k1', 'k2', 'k4', 'k5', 'k6', 'k8', 'k9']);
    });

    it('writes what came before a deletion first, and takes what is gone for deleted', async () => {
      answer = ({ method, path }) => (method === 'DELETE' ? { status: path.endsWith('a') ? 404 : 409 } : { status: 201 });
      expect(await rest({ batch: 10, deletePath: '/contacts/{{record.key}}' }).write(batchOf([upsert('a', 1), gone('a', 2), gone('b', 3), upsert('c', 4)]))).toEqual([]);
      expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/contacts', 'DELETE /v1/contacts/a', 'DELETE /v1/contacts/b', 'POST /v1/contacts']);
    });

    it('leaves deletions out where no path for them is given', async () => {
      expect(await rest().write(batchOf([gone('a', 1)]))).toEqual([]);
      expect(server.received).toEqual([]);
    });

    it('renews a refused credential once, and writes no record twice for it', async () => {
      let key = 'old';
      let renewals = 0;
      answer = ({ headers }) => ({ status: headers.authorization === 'Bearer new' ? 200 : 401 });
      const renew = async () => {
        renewals += 1;
        key = 'new';
        return true;
      };
      await rest({}, { credential: async () => secret(key), renew }).write(batchOf([upsert('a', 1), upsert('b', 2)]));
      expect(renewals).toBe(1);
      expect(server.received.map(({ headers, body }) => `${headers.authorization} ${body}`)).toEqual(['Bearer old {"id":"a"}', 'Bearer new {"id":"a"}', 'Bearer new {"id":"b"}']);
      answer = () => ({ status: 401 });
      await expect(rest({}, { renew: async () => false }).write(batchOf([upsert('a', 1)]))).rejects.toMatchObject({ kind: 'unauthorized' });
    });

    it('waits out short trouble, and hands longer one on with the time the destination asks for', async () => {
      const statuses = [503, 429, 200];
      answer = () => ({ status: statuses.shift() ?? 200, headers: { 'retry-after': '1' } });
      await rest().write(batchOf([upsert('a', 1)]));
      expect(server.received).toHaveLength(3);
      expect(new Set(idempotency()).size).toBe(1);
      answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
      await expect(rest().write(batchOf([upsert('a', 1)]))).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 120_000 });
    });

    it.each([
      [404, '/contacts', 'POST'],
      [405, '/contacts/{{record.key}}', 'PUT'],
      [415, '/contacts', 'POST'],
      [403, '/contacts', 'POST'],
    ])('stops at %i to %s: that is no record\'s fault', async (status, path, method) => {
      answer = () => ({ status });
      await expect(rest({ path, method }).write(batchOf([upsert('a', 1), upsert('b', 2)]))).rejects.toMatchObject({ status });
      expect(server.received).toHaveLength(1);
    });

    it('stops where none of many records is taken, before all of them are passed over', async () => {
      answer = () => ({ status: 422 });
      await expect(rest().write(batchOf(Array.from({ length: 25 }, (_, index) => upsert(`k${index}`, index))))).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('none of 25 records') as string });
      expect(await rest().write(batchOf([upsert('a', 1)]))).toHaveLength(1);
    });

    it('lets no key lead a request elsewhere', async () => {
      expect(await rest({ path: '/a/{{record.key}}/b' }).write(batchOf([upsert('..', 1), upsert('.', 2), upsert('\ud800', 3), upsert('ok', 4)]))).toMatchObject([{ index: 0 }, { index: 1 }, { index: 2 }]);
      expect(server.received.map(({ path }) => path)).toEqual(['/v1/a/ok/b']);
      for (const path of ['/../x', '/a/%2e%2e/x', '/{{record.id}}', '/a#b', '/a\\b']) expect(() => rest({ path })).toThrow('the path');
      expect(() => rest({ path: '/a/{{record.key}}', batch: 2 })).toThrow('"batch" must be 1');
      expect(() => rest({ deletePath: '/contacts' })).toThrow('must name the record');
      expect(() => rest({}, { connector: catalog.get('postgres'), inputs: { host: 'db.example.com', database: 'x' } })).toThrow('targets of kind "table"');
    });

    it('asks the budget for every request, and not at all once it is stopped', async () => {
      let permits = 0;
      const budget: Budget = { acquire: async () => ({ release: async () => void (permits += 1) }) };
      const stop = new AbortController();
      const writer = rest({}, { budget, signal: stop.signal });
      await writer.write(batchOf([upsert('a', 1), upsert('b', 2)]));
      expect(permits).toBe(2);
      stop.abort(new Error('stopped'));
      await expect(writer.write(batchOf([upsert('c', 3)]))).rejects.toThrow('stopped');
      expect(server.received).toHaveLength(2);
    });
  });

  describe('to a GraphQL API', () => {
    beforeEach(() => {
      answer = () => ({ body: { data: {} } });
    });

    it('sends a mutation for each record with the variables it knows', async () => {
      const writer = graphql({ deleteMutation: 'mutation ($id: ID!) { remove(id: $id) { id } }' });
      expect(await writer.write(batchOf([upsert('a', 1, { email: { work: 'a@b.c' } }), upsert('b', 2, {}), gone('a', 3)]))).toEqual([]);
      expect(server.received.map(({ path, body }) => [path, (JSON.parse(body) as { variables: unknown }).variables])).toEqual([
        ['/graphql', { id: 'a', mail: 'a@b.c' }],
        ['/graphql', { id: 'b', mail: null }],
        ['/graphql', { id: 'a' }],
      ]);
    });

    it('puts a record aside whose answer has errors, and renews a credential that an error refuses', async () => {
      answer = ({ body, headers }) => {
        if (headers.authorization !== 'Bearer new') return { body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } };
        return body.includes('bad') ? { body: { data: null, errors: [{ message: 's3cret' }] } } : { body: { data: {} } };
      };
      let key = 'old';
      const untaken = await graphql({}, { credential: async () => secret(key), renew: async () => ((key = 'new'), true) }).write(batchOf([upsert('bad', 1), upsert('ok', 2)]));
      expect(untaken).toEqual([{ index: 0, reason: 'the destination answered it with errors' }]);
      expect(server.received).toHaveLength(3);
    });

    it('sends nothing but one mutation, with values only as variables', () => {
      for (const mutation of ['query { a }', 'mutation { a } mutation { b }', 'mutation { a(id: "{{record.key}}") }', 'mutation ($other: ID!) { a(id: $other) }', '{ a }']) expect(() => graphql({ mutation })).toThrow('the mutation');
      expect(() => graphql({ variables: { id: 'credential', mail: 'key' } })).toThrow('begins with key, version or data');
    });
  });
});
