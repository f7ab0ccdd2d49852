import { request as httpRequest } from 'node:http';
import { audits, connections, credentials, Secret, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { connection, seen, World } from './world.js';

describe('requests', () => {
  let world: World;
  const denied: RequestOf<typeof audits.denied>[] = [];
  let connected = 0;
  let auditIsAway = false;

  beforeAll(async () => {
    world = await World.start();
    await Promise.all([
      world.answer(audits.denied)((request) => {
        if (auditIsAway) throw new AppError('SERVICE_UNAVAILABLE', 'Away.');
        denied.push(request);
        return {};
      }),
      world.answer(connections.list)(() => ({ data: [], next: null, previous: null })),
      world.answer(connections.connect)(() => {
        connected += 1;
        return connection;
      }),
      world.answer(connections.update)(({ id }) => {
        if (id === 'conn_foreign') throw AppError.notFound('app_connection', id);
        throw new AppError('PERMISSION_DENIED', 'Only the owner or an admin may do that.');
      }),
      world.answer(credentials.resolve)(() => ({ connectionId: 'conn_1', connector: 'hubspot', type: 'OAUTH2', token: new Secret('t'), tokenType: 'Bearer', username: null, props: null, expiresAt: null, warning: null })),
    ]);
  });
  afterAll(() => world?.stop());

  const connectPath = '/api/connectors/connect';
  const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;

  it.each([
    ['not JSON', '{', 400, 'VALIDATION'],
    ['a wrong type', '{"provider":1,"api_key":"x"}', 400, 'VALIDATION'],
    ['a missing member', '{"provider":"stripe"}', 400, 'VALIDATION'],
    ['an unknown member', '{"provider":"stripe","api_key":"x","extra":1}', 400, 'VALIDATION'],
    ['__proto__', '{"provider":"stripe","api_key":"x","__proto__":{"a":1}}', 400, 'VALIDATION'],
    ['__proto__ among the inputs', '{"provider":"stripe","api_key":"x","inputs":{"__proto__":"a"}}', 400, 'VALIDATION'],
    ['constructor among the inputs', '{"provider":"stripe","api_key":"x","inputs":{"constructor":"a"}}', 400, 'VALIDATION'],
    ['constructor.prototype', '{"provider":"stripe","api_key":"x","constructor":{"prototype":{"a":1}}}', 400, 'VALIDATION'],
    ['a NUL', '{"provider":"stripe","api_key":"a\\u0000b"}', 400, 'VALIDATION'],
    ['half a surrogate pair', '{"provider":"stripe","api_key":"\\ud800"}', 400, 'VALIDATION'],
    ['half a surrogate pair in a name', '{"provider":"stripe","api_key":"x","\\udfff":1}', 400, 'VALIDATION'],
    ['deep', deep, 400, 'VALIDATION'],
    ['an array', '[]', 400, 'VALIDATION'],
    ['null', 'null', 400, 'VALIDATION'],
    ['nothing', '', 400, 'VALIDATION'],
    ['too much', JSON.stringify({ provider: 'stripe', api_key: 'x'.repeat(300_000) }), 413, 'PAYLOAD_TOO_LARGE'],
  ])('with a body that is %s are refused', async (_, body, status, code) => {
    const before = connected;
    const [answered, answer] = await seen(await world.post(connectPath, body));
    expect([answered, answer]).toMatchObject([status, { statusCode: status, code, requestId: expect.any(String) as string }]);
    expect(JSON.stringify(answer)).not.toMatch(/at .*\.js|node_modules|ZodError/);
    expect(connected).toBe(before);
  });

  it.each(['application/xml', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', ''])('of content type "%s" are refused', async (type) => {
    const response = await world.call(connectPath, { method: 'POST', body: Buffer.from('{"provider":"stripe","api_key":"x"}').toString(), headers: { 'content-type': type } });
    expect(await seen(response)).toMatchObject([415, { code: 'UNSUPPORTED_MEDIA_TYPE' }]);
  });

  it('in JSON with a charset are taken', async () => {
    expect((await world.call(connectPath, { method: 'POST', body: { provider: 'stripe', api_key: 'x' }, headers: { 'content-type': 'Application/JSON; charset=utf-8' } })).status).toBe(200);
  });

  it.each(['/api/v1/app-connections/%00', '/api/v1/app-connections/a%20b', '/api/v1/app-connections/__proto__?force=%00', '/api/v1/app-connections?displayName=%00'])('to %s are refused', async (path) => {
    expect(await seen(await world.call(path))).toMatchObject([400, { code: 'VALIDATION' }]);
  });

  it('that no router understands are refused in the same form', async () => {
    expect(await seen(await world.call('/api/v1/app-connections/%ff'))).toMatchObject([400, { code: 'VALIDATION', requestId: expect.any(String) as string }]);
    expect(await seen(await world.call('/api/nothing/here'))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
    expect(await seen(await world.call(`/api/v1/app-connections/${'x'.repeat(120)}/nothing`))).toMatchObject([404, { code: 'ENTITY_NOT_FOUND' }]);
    expect(await seen(await world.call(`/api/v1/app-connections/${'x'.repeat(300)}`))).toMatchObject([400, { code: 'VALIDATION' }]);
  });

  it.each([
    ['PUT', '/api/v1/app-connections', 'GET, POST'],
    ['PATCH', '/api/v1/app-connections/conn_1', 'DELETE, GET, POST'],
    ['HEAD', '/api/v1/app-connections', 'GET, POST'],
    ['HEAD', '/api/sync/run', 'GET, POST'],
    ['OPTIONS', '/api/connectors', 'DELETE, GET, POST'],
    ['DELETE', '/api/v1/app-connections', 'GET, POST'],
    ['TRACE', '/api/connectors', 'DELETE, GET, POST'],
    ['PROPFIND', '/api/connectors', 'DELETE, GET, POST'],
  ])('by %s to %s are told what is possible', async (method, path, allow) => {
    const { status, headers, body } = await raw(world.url, method, path);
    expect([status, headers.allow]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(JSON.parse(body)).toMatchObject({ statusCode: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  it.each(['PUT', 'TRACE', 'OPTIONS'])('by %s to nowhere find nothing', async (method) => {
    expect((await raw(world.url, method, '/api/v2')).status).toBe(404);
  });

  it('that may not be are in the audit log before they are answered', async () => {
    denied.length = 0;
    expect(await seen(await world.post('/api/v1/app-connections/conn_1', { displayName: 'x' }))).toMatchObject([403, { code: 'PERMISSION_DENIED' }]);
    expect(denied).toMatchObject([{ principal: { id: 'key_1' }, action: 'POST /api/v1/app-connections/:id', target: { type: 'app_connection', id: 'conn_1' }, details: { code: 'PERMISSION_DENIED' } }]);
    expect((await world.post('/api/v1/app-connections/conn_foreign', { displayName: 'x' })).status).toBe(404);
    expect((await world.call('/api/v1/app-connections', { key: 'bad' })).status).toBe(401);
    expect((await world.call('/api/v1/app-connections?limit=0')).status).toBe(400);
    expect(denied.length).toBe(1);
  });

  it('that lack a scope are in the audit log too', async () => {
    denied.length = 0;
    expect(await seen(await world.post('/api/connectors/hubspot/token', {}, { key: 'reader' }))).toMatchObject([403, { code: 'AUTHORIZATION', params: { scope: 'tokens:resolve' } }]);
    expect(denied).toMatchObject([{ principal: { id: 'key_reader' }, action: 'POST /api/connectors/:provider/token', target: { type: 'connector', id: 'hubspot' } }]);
  });

  it('are refused the same when the refusal cannot be recorded', async () => {
    auditIsAway = true;
    try {
      expect(await seen(await world.post('/api/v1/app-connections/conn_1', { displayName: 'x' }))).toMatchObject([403, { code: 'PERMISSION_DENIED' }]);
    } finally {
      auditIsAway = false;
    }
  });
});

/** Methods that `fetch` does not send. */
function raw(url: string, method: string, path: string): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, { method, headers: { 'x-api-key': 'good' } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    request.on('error', reject).end();
  });
}
