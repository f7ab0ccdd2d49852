import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createProgress } from '../setup/progress.mjs';
import { createCookieJar } from './cookie-jar.mjs';
import { printReport } from './print-report.mjs';
import { runDemonstration } from './run-demonstration.mjs';

/** @type {string} */
let dataDir;
/** @type {(() => unknown)[]} */
let cleanUps;
beforeEach(() => {
  cleanUps = [];
  dataDir = mkdtempSync(join(tmpdir(), 'trunkline-demo-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  rmSync(dataDir, { recursive: true, force: true });
});

/**
 * @typedef {{ method: string, path: string, url: URL, headers: import('node:http').IncomingHttpHeaders, body: string }} Request
 * @typedef {{ status?: number, headers?: Record<string, string | string[] | undefined>, json?: unknown, html?: string }} Answer
 * @param {(request: Request) => Answer} answer what is answered to each request
 * @returns {Promise<{ url: string, requests: Request[] }>}
 */
async function serve(answer) {
  /** @type {Request[]} */
  const requests = [];
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const url = new URL(incoming.url ?? '/', 'http://x');
    const request = { method: incoming.method ?? '', path: url.pathname, url, headers: incoming.headers, body };
    requests.push(request);
    const { status = 200, headers = {}, json, html } = answer(request);
    outgoing.writeHead(status, { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) });
    outgoing.end(json === undefined ? html : JSON.stringify(json));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  cleanUps.push(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  return { url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`, requests };
}

/** A warehouse with the rows of one connection. */
async function warehouse() {
  const url = new URL(process.env.TRUNKLINE_TEST_DATABASE_URL ?? '');
  const name = `demo_${process.pid}_${Date.now()}`;
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('CREATE SCHEMA analytics; CREATE TABLE analytics.record (connection_id text, stream text, key text, version bigint, deleted boolean, data jsonb)');
  cleanUps.push(async () => {
    await client.end();
    await admin.query(`DROP DATABASE ${name}`);
    await admin.end();
  });
  const add = (/** @type {string} */ stream, /** @type {number} */ count, deleted = false) =>
    client.query(`INSERT INTO analytics.record SELECT 'con_1', $1, $1 || random(), 1, $3, '{}' FROM generate_series(1, $2)`, [stream, count, deleted]);
  return { url: url.href, add };
}

/** The parts of Trunkline and of the sandbox the walk touches, answering as they are documented to. */
async function world() {
  const state = { connected: false, synced: 0, key: 'key_1.secret', keys: 0 };
  const rows = await warehouse();
  const sandbox = await serve(({ method, path, url, headers, body }) => {
    if (path === '/auth' && method === 'GET') return { status: 303, headers: { location: '/interaction/u1', 'set-cookie': ['_interaction=u1; path=/interaction/u1; httponly', '_resume=r; path=/auth/u1'] } };
    if (path === '/interaction/u1' && headers.cookie !== '_interaction=u1') return { status: 400, html: 'no cookie' };
    if (path === '/interaction/u1' && method === 'GET') return { html: '<form method="post">', headers: { 'content-type': 'text/html' } };
    if (path === '/interaction/u1' && body === 'decision=allow&account=acc_1') return { status: 303, headers: { location: '/auth/u1?x=1' } };
    if (path === '/auth/u1' && headers.cookie === '_resume=r') return { status: 303, headers: { location: `${trunkline.url}/api/connectors/sandbox_crm/callback?code=c0de&state=${url.searchParams.get('x')}` } };
    return { status: 404, html: 'not here' };
  });
  const trunkline = await serve(({ method, path, headers, body }) => {
    const admin = headers.authorization === 'Bearer admin';
    const keyed = headers['x-api-key'] === state.key;
    const call = `${method} ${path}`;
    if (admin && call === 'POST /api/v1/platforms') return { status: 201, json: { id: 'plt_1' } };
    if (admin && call === 'POST /api/v1/projects') return { status: 201, json: { id: 'prj_1' } };
    if (admin && call === 'POST /api/v1/users') return { status: 201, json: { id: 'usr_1' } };
    if (admin && call === 'POST /api/v1/api-keys') return { status: 201, json: { id: `key_${(state.keys += 1)}`, key: state.key } };
    if (admin && call === 'POST /api/v1/oauth-apps' && JSON.parse(body).clientSecret === 'cs') return { status: 201, json: { id: 'app_1' } };
    if (keyed && call === 'GET /api/connectors/sandbox_crm/auth') return { status: 302, headers: { location: `${sandbox.url}/auth?state=s`, 'set-cookie': '__tl=browser; Path=/; HttpOnly' } };
    if (call === 'GET /api/connectors/sandbox_crm/callback' && headers.cookie === '__tl=browser' && headers.accept === 'application/json') {
      state.connected = true;
      return { json: { connected: true, provider: 'sandbox_crm', account_name: 'Acme' } };
    }
    if (keyed && call === 'GET /api/connectors') return { json: state.connected ? [{ id: 'con_1', type: 'sandbox_crm', status: 'connected', accountName: 'Acme' }] : [] };
    if (headers['x-services-token'] === state.key && call === 'POST /api/connectors/sandbox_crm/token') return { json: { token: 'very-secret', expiresAt: new Date(Date.now() + 60_000) } };
    if (keyed && call === 'POST /api/connectors/sandbox_crm/refresh') return { json: { refreshed: true, expiresAt: new Date(Date.now() + 3_600_000) } };
    if (keyed && call === 'POST /api/sync/run') {
      state.synced += 1;
      return { status: 202, json: { status: 'started', syncId: `run_${state.synced}`, connectors: ['sandbox_crm'] } };
    }
    if (keyed && path.startsWith('/api/sync/run_')) {
      const contacts = path.endsWith('run_1') ? 3 : 0;
      const streams = [{ stream: 'contacts', status: 'succeeded', records: contacts }, { stream: 'deals', status: 'succeeded', records: 1 }];
      return { json: { syncId: path.slice(10), status: 'succeeded', records: contacts + 1, runs: [{ id: path.slice(10), connector: 'sandbox_crm', connectionId: 'con_1', status: 'succeeded', streams }] } };
    }
    return { status: path === '/api/connectors' ? 401 : 404, json: { statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { message: 'not here' }, requestId: 'req_1' } };
  });
  /** @type {string[]} */
  const lines = [];
  const demonstrate = () =>
    runDemonstration({
      baseUrl: trunkline.url,
      adminKey: 'admin',
      dataDir,
      sandboxUrl: sandbox.url,
      sandboxClientSecret: 'cs',
      databaseUrl: rows.url,
      onProgress: createProgress((line) => lines.push(line)),
    });
  return { state, rows, sandbox, trunkline, lines, demonstrate };
}

describe('the demonstration', () => {
  it('connects, refreshes, syncs and counts', async () => {
    const { rows, demonstrate, sandbox, lines } = await world();
    await rows.add('contacts', 2);
    await rows.add('contacts', 1, true);
    await rows.add('deals', 1);
    const report = await demonstrate();
    expect(report.outcome).toEqual({ connector: 'sandbox_crm', connectionId: 'con_1', runId: 'run_1', streams: { contacts: 3, deals: 1 }, records: 4, sinkRows: 3, refreshes: 1 });
    expect(report).toMatchObject({ accountName: 'Acme', isNew: true });
    expect(report.lifeSeconds).toBeGreaterThan(3_590);
    expect(readFileSync(join(dataDir, 'api-key'), 'utf8')).toBe('key_1.secret\n');
    expect(statSync(join(dataDir, 'api-key')).mode & 0o777).toBe(0o600);
    // The key is Trunkline's: it never travels along a redirect.
    expect(sandbox.requests.some(({ headers }) => headers['x-api-key'] !== undefined)).toBe(false);

    printReport({ report, baseUrl: 'http://localhost:3000', dataDir, ownDatabase: true }, (line) => lines.push(line));
    const said = lines.join('\n');
    expect(said).toMatch(/contacts +3 read +2 in the warehouse/);
    for (const secret of ['key_1.secret', 'very-secret', 'c0de', 'admin ']) expect(said).not.toContain(secret);
  });

  it('uses what an earlier start has made', async () => {
    const { rows, demonstrate, trunkline } = await world();
    await rows.add('contacts', 3);
    await rows.add('deals', 1);
    await demonstrate();
    trunkline.requests.length = 0;
    const second = await demonstrate();
    expect(second.outcome).toMatchObject({ connectionId: 'con_1', runId: 'run_2', streams: { contacts: 0, deals: 1 }, sinkRows: 4 });
    expect(second.isNew).toBe(false);
    expect(trunkline.requests.filter(({ path }) => path.startsWith('/api/v1/') || path.includes('auth'))).toEqual([]);
  });

  it('begins anew on another database', async () => {
    const { state, rows, demonstrate } = await world();
    await rows.add('contacts', 3);
    await rows.add('deals', 1);
    await demonstrate();
    Object.assign(state, { key: 'key_2.secret', connected: false, synced: 0 });
    await demonstrate();
    expect(state.keys).toBe(2);
    expect(readFileSync(join(dataDir, 'api-key'), 'utf8')).toBe('key_2.secret\n');
  });

  it('waits for the warehouse', async () => {
    const { rows, demonstrate, lines } = await world();
    await rows.add('contacts', 2);
    const done = demonstrate();
    while (!lines.some((line) => line.includes('2 of 4 rows'))) await new Promise((resolve) => setTimeout(resolve, 20));
    // Long enough for several looks at a warehouse that stands still.
    expect(await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 800, 'still waiting'))])).toBe('still waiting');
    await rows.add('contacts', 1);
    await rows.add('deals', 1);
    expect((await done).outcome.sinkRows).toBe(4);
  });

  it('says which call was refused, and why', async () => {
    const { url } = await serve(() => ({ status: 403, json: { statusCode: 403, code: 'AUTHORIZATION', params: { message: 'not yours' }, requestId: 'req_1' } }));
    const onProgress = createProgress(() => undefined);
    await expect(runDemonstration({ baseUrl: url, adminKey: 'wrong', dataDir, sandboxUrl: url, sandboxClientSecret: 'cs', databaseUrl: '', onProgress })).rejects.toThrow(
      'POST /api/v1/platforms answered 403 AUTHORIZATION: not yours (request req_1)',
    );
  });
});

describe('the cookies of a walk', () => {
  const set = (/** @type {string[]} */ ...cookies) => new Headers(cookies.map((cookie) => ['set-cookie', cookie]));

  it('go back to the host, port and path they came from, the longer path first', () => {
    const jar = createCookieJar();
    jar.store(new URL('http://127.0.0.1:1/x'), set('a=1; Path=/', 'a=2; Path=/in', 'b=x=y'));
    expect(jar.header(new URL('http://127.0.0.1:1/in/side'))).toBe('a=2; a=1; b=x=y');
    expect(jar.header(new URL('http://127.0.0.1:1/inside'))).toBe('a=1; b=x=y');
    expect(jar.header(new URL('http://127.0.0.1:2/in'))).toBeNull();
  });

  it('are replaced and taken away', () => {
    const jar = createCookieJar();
    const url = new URL('http://h/');
    jar.store(url, set('a=1', 'b=1', 'c=1'));
    jar.store(url, set('a=2', 'b=; Max-Age=0', 'c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'));
    expect(jar.header(url)).toBe('a=2');
  });
});
