import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createTrunkline, TrunklineError, type components, type TrunklineOptions } from './index.js';

interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

const key = 'key_1.the-secret-of-the-key';
const failure = (statusCode: number, code: string) => ({ statusCode, code, params: { message: `It was ${code}.`, hint: 1 }, requestId: 'request-1' });

describe('the client', () => {
  let server: Server;
  let baseUrl: string;
  let seen: Seen[] = [];
  let answer: (seen: Seen, response: ServerResponse, count: number) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url!, 'http://server');
        const one = { method: request.method!, path: url.pathname, query: url.searchParams, headers: request.headers, body: Buffer.concat(chunks).toString() };
        seen.push(one);
        answer(one, response, seen.length);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen = [];
  });

  const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const trunkline = (options: Partial<TrunklineOptions> = {}) => createTrunkline({ baseUrl, apiKey: key, maxWaitMs: 5_000, ...options } as TrunklineOptions);
  const thrown = async (promise: Promise<unknown>): Promise<TrunklineError> => {
    const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason);
    if (!(error instanceof TrunklineError)) throw new Error(`not refused: ${String(error)}`);
    return error;
  };

  it('asks by path and answers the body, typed', async () => {
    answer = (_, response) => json(response, 200, { data: [], next: null, previous: null });
    const page = await trunkline().GET('/api/v1/app-connections', { params: { query: { status: ['ACTIVE', 'ERROR'], limit: 5 } } });
    const data: components['schemas']['AppConnection'][] = page.data;
    expect(data).toEqual([]);
    expect([seen[0]!.path, seen[0]!.query.getAll('status'), seen[0]!.query.get('limit'), seen[0]!.headers['x-api-key']]).toEqual(['/api/v1/app-connections', ['ACTIVE', 'ERROR'], '5', key]);
  });

  it('sends bodies, path parameters, and knows answers without a body', async () => {
    answer = (_, response) => void response.writeHead(204).end();
    expect(await trunkline().POST('/api/v1/app-connections/replace', { body: { sourceAppConnectionId: 'conn_1', targetAppConnectionId: 'conn_2' } })).toBeUndefined();
    expect([seen[0]!.method, JSON.parse(seen[0]!.body)]).toEqual(['POST', { sourceAppConnectionId: 'conn_1', targetAppConnectionId: 'conn_2' }]);
    await trunkline().DELETE('/api/v1/app-connections/{id}', { params: { path: { id: 'conn_1' }, query: { force: true } } });
    expect([seen[1]!.method, seen[1]!.path, seen[1]!.query.get('force')]).toEqual(['DELETE', '/api/v1/app-connections/conn_1', 'true']);
  });

  it.each([
    [{ sessionToken: 'tok' }, 'authorization', 'Bearer tok'],
    [{ serviceToken: 'tok' }, 'x-services-token', 'tok'],
  ])('presents %j', async (given, header, value) => {
    answer = (_, response) => json(response, 200, []);
    await createTrunkline({ baseUrl, ...given } as TrunklineOptions).GET('/api/connectors');
    expect([seen[0]!.headers[header], seen[0]!.headers['x-api-key']]).toEqual([value, undefined]);
  });

  it('wants one key, not none and not two', () => {
    expect(() => createTrunkline({ baseUrl } as TrunklineOptions)).toThrow(TypeError);
    expect(() => createTrunkline({ baseUrl, apiKey: 'a', serviceToken: 'b' } as never)).toThrow(TypeError);
  });

  it('names its project, unless the request names one', async () => {
    answer = (_, response) => json(response, 200, []);
    const client = trunkline({ projectId: 'proj_1' });
    await client.GET('/api/connectors');
    await client.POST('/api/connectors/{provider}/token', { params: { path: { provider: 'stripe' }, query: { projectId: 'proj_2' } }, body: { minimumSeconds: 60 } });
    await client.POST('/api/connectors/{provider}/token', { params: { path: { provider: 'stripe' } }, body: { minimumSeconds: 60 } });
    expect(seen.map(({ query }) => query.getAll('projectId'))).toEqual([['proj_1'], ['proj_2'], ['proj_1']]);
    expect(JSON.parse(seen[2]!.body)).toEqual({ minimumSeconds: 60 });
  });

  it('throws what was refused', async () => {
    answer = (_, response) => json(response, 404, failure(404, 'ENTITY_NOT_FOUND'));
    const error = await thrown(trunkline().GET('/api/v1/app-connections/{id}', { params: { path: { id: 'conn_1' } } }));
    expect(error).toMatchObject({ name: 'TrunklineError', statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { hint: 1 }, requestId: 'request-1', message: 'It was ENTITY_NOT_FOUND.' });
    expect(seen.length).toBe(1);
  });

  it('throws what a proxy says, and what a redirect would do with the key', async () => {
    answer = (_, response) => void response.writeHead(403, { 'content-type': 'text/html', 'x-request-id': 'from-header' }).end('<h1>No</h1>');
    expect(await thrown(trunkline().GET('/api/connectors'))).toMatchObject({ statusCode: 403, code: 'HTTP_403', requestId: 'from-header' });
    answer = (_, response) => void response.writeHead(302, { location: `${baseUrl}/elsewhere` }).end();
    expect(await thrown(trunkline().GET('/api/connectors'))).toMatchObject({ statusCode: 302 });
    expect(seen.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('tries a GET again, and a POST only when nothing happened, body and all', async () => {
    answer = (_, response, count) => (count === 1 ? json(response, 503, failure(503, 'SERVICE_UNAVAILABLE')) : json(response, 200, []));
    expect(await trunkline().GET('/api/connectors')).toEqual([]);
    expect(seen.length).toBe(2);

    seen = [];
    expect(await thrown(trunkline().POST('/api/sync/run', {}))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(seen.length).toBe(1);

    seen = [];
    answer = (_, response, count) => (count === 1 ? json(response, 429, failure(429, 'RATE_LIMITED'), { 'retry-after': '0' }) : json(response, 200, {}));
    await trunkline().POST('/api/connectors/connect', { body: { provider: 'stripe', api_key: 'sk' } });
    expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ provider: 'stripe', api_key: 'sk' }, { provider: 'stripe', api_key: 'sk' }]);
  });

  it('waits as long as it is told, and not at all when that is too long', async () => {
    answer = (_, response, count) => (count === 1 ? json(response, 429, failure(429, 'RATE_LIMITED'), { 'retry-after': '1' }) : json(response, 200, []));
    const started = performance.now();
    await trunkline().GET('/api/connectors');
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
    seen = [];
    answer = (_, response) => json(response, 429, failure(429, 'RATE_LIMITED'), { 'retry-after': '60' });
    expect(await thrown(trunkline().GET('/api/connectors'))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(seen.length).toBe(1);
  });

  it('gives up after so many tries', async () => {
    answer = (_, response) => json(response, 503, failure(503, 'SERVICE_UNAVAILABLE'));
    expect(await thrown(trunkline({ retries: 1 }).GET('/api/connectors'))).toMatchObject({ statusCode: 503 });
    expect(seen.length).toBe(2);
  });

  it('does not wait for ever, and stops when it is told to', async () => {
    answer = () => undefined;
    expect(await thrown(trunkline({ timeoutMs: 50, retries: 1 }).GET('/api/connectors'))).toMatchObject({ statusCode: 0, code: 'TIMEOUT' });
    expect(seen.length).toBe(2);
    const stop = new AbortController();
    const request = trunkline().GET('/api/connectors', { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('lets an answer that has begun take its time', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"id":"aud_0"}\n');
      setTimeout(() => response.end('{"id":"aud_1"}\n'), 150);
    };
    const stream = await trunkline({ timeoutMs: 50 }).GET('/api/v1/audit/export', { parseAs: 'stream' });
    let text = '';
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(chunk);
    expect(text).toBe('{"id":"aud_0"}\n{"id":"aud_1"}\n');
  });

  it('says when nobody is there', async () => {
    const error = await thrown(createTrunkline({ baseUrl: 'http://127.0.0.1:9', apiKey: key, retries: 0 }).GET('/api/connectors'));
    expect(error).toMatchObject({ statusCode: 0, code: 'UNREACHABLE', requestId: null });
  });

  it('walks a list page after page', async () => {
    answer = ({ query }, response) => {
      const start = Number(query.get('cursor') ?? 0);
      json(response, 200, { data: [{ id: `conn_${start}` }, { id: `conn_${start + 1}` }], next: start < 4 ? String(start + 2) : null, previous: null });
    };
    const ids: string[] = [];
    for await (const connection of trunkline({ projectId: 'proj_1' }).paginate('/api/v1/app-connections', { status: ['ACTIVE'] })) ids.push(connection.id);
    expect(ids).toEqual(['conn_0', 'conn_1', 'conn_2', 'conn_3', 'conn_4', 'conn_5']);
    expect(seen.map(({ query }) => [query.get('status'), query.get('limit'), query.get('projectId')])).toEqual(Array(3).fill(['ACTIVE', '100', 'proj_1']));

    seen = [];
    for await (const _ of trunkline().paginate('/api/v1/app-connections')) break;
    expect(seen.length).toBe(1);
  });

  it('keeps its key to itself', async () => {
    answer = (_, response) => json(response, 401, failure(401, 'AUTHENTICATION'));
    const client = trunkline();
    const refused = await thrown(client.GET('/api/connectors'));
    const unreachable = await thrown(createTrunkline({ baseUrl: 'http://127.0.0.1:9', apiKey: key, retries: 0 }).GET('/api/connectors'));
    for (const shown of [client, refused, unreachable]) expect(`${inspect(shown, { depth: 10, showHidden: true })}${JSON.stringify(shown)}${String(shown)}`).not.toContain('the-secret');
    expect(String((unreachable as Error).stack)).not.toContain('the-secret');
  });
});
