import { request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { call, control, crm } from '../../test/support/api.js';
import { CLIENT, connect, refresh } from '../../test/support/walk.js';
import type { RunningSandbox } from '../start-sandbox.js';
import { startSandbox } from '../start-sandbox.js';

let sandbox: RunningSandbox;
let url: string;
beforeEach(async () => {
  sandbox = await startSandbox({ clients: [CLIENT], records: { contacts: 120, companies: 5, deals: 5, activities: 5 } });
  url = sandbox.url;
});
afterEach(() => sandbox.close());

const fault = async (rule: object) => expect((await control(url, 'POST', 'faults', rule)).status).toBe(201);

/** One request over node:http, which tells how much of the answer came and how the connection ended. */
function raw(path: string): Promise<{ status?: number; length?: number; received: number; error?: string }> {
  return new Promise((done) => {
    const call = request(`${url}${path}`, { headers: { 'x-api-key': 'sandbox-api-key' }, agent: false }, (response) => {
      let received = 0;
      const length = Number(response.headers['content-length']);
      const end = (error?: NodeJS.ErrnoException) => done({ status: response.statusCode, length, received, error: error && (error.code ?? error.message) });
      response.on('data', (chunk: Buffer) => (received += chunk.length));
      response.on('end', () => end());
      response.on('error', end);
    });
    call.on('error', (error: NodeJS.ErrnoException) => done({ received: 0, error: error.code }));
    call.end();
  });
}

describe('faults', () => {
  it('status: gives the answer it was told, so many times', async () => {
    await fault({ match: { path: '/crm/v1/contacts' }, times: 2, kind: 'status', status: 503, headers: { 'Retry-After': '7' }, body: { error: 'busy' } });
    const first = await crm(url, 'contacts');
    expect(first).toMatchObject({ status: 503, body: { error: 'busy' } });
    expect(first.headers.get('retry-after')).toBe('7');
    expect((await crm(url, 'companies')).status).toBe(200);
    expect([(await crm(url, 'contacts')).status, (await crm(url, 'contacts')).status]).toEqual([503, 200]);
  });

  it('status: can redirect, be empty, and carry bytes that are no text', async () => {
    await fault([
      { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      { kind: 'status', status: 200 },
      { kind: 'status', status: 200, bodyBase64: Buffer.from([0, 255, 1]).toString('base64'), headers: { 'Content-Type': 'application/octet-stream' } },
    ]);
    const redirect = await fetch(`${url}/crm/v1/deals`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/']);
    expect(await (await fetch(`${url}/crm/v1/deals`)).text()).toBe('');
    const bytes = await fetch(`${url}/crm/v1/deals`);
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 1]);
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream');
  });

  it('html: a page where JSON is expected', async () => {
    await fault({ kind: 'html' });
    const answer = await fetch(`${url}/crm/v1/account`, { headers: { 'x-api-key': 'sandbox-api-key' } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('<html>');
  });

  it('delay: late, but right', async () => {
    await fault([{ kind: 'delay', delayMs: 150 }, { kind: 'delay', delayMs: 150, phase: 'after' }]);
    for (let i = 0; i < 2; i += 1) {
      const start = performance.now();
      expect((await crm(url, 'contacts?limit=200')).body.results).toHaveLength(120);
      expect(performance.now() - start).toBeGreaterThanOrEqual(145);
    }
  });

  it('reset: the connection breaks', async () => {
    await fault({ kind: 'reset' });
    expect((await raw('/crm/v1/account')).error).toBe('ECONNRESET');
    expect((await raw('/crm/v1/account')).status).toBe(200);
  });

  it('truncate: half the answer with the length of the whole', async () => {
    const whole = await raw('/crm/v1/contacts');
    await fault({ kind: 'truncate' });
    const half = await raw('/crm/v1/contacts');
    expect(half).toMatchObject({ status: 200, length: whole.length, received: Math.floor(whole.received / 2) });
    expect(half.error).toBeDefined();
  });

  it('hang: no answer until the faults are deleted', async () => {
    await fault({ kind: 'hang' });
    let answered = false;
    const hanging = raw('/crm/v1/account').then((answer) => {
      answered = true;
      return answer;
    });
    for (let i = 0; i < 20; i += 1) await crm(url, 'account');
    expect(answered).toBe(false);
    expect((await control(url, 'DELETE', 'faults')).status).toBe(204);
    expect((await hanging).status).toBeUndefined();
    expect((await control(url, 'GET', 'faults')).body.faults).toEqual([]);
  });

  it('after: a refresh that the server has done but the client never hears of', async () => {
    const { refresh_token } = await connect(url);
    await fault({ match: { method: 'POST', path: '/oauth/token' }, kind: 'reset', phase: 'after' });
    await expect(refresh(url, refresh_token)).rejects.toThrow();
    expect((await control(url, 'GET', 'stats')).body.token.refresh_token).toEqual({ success: 1 });
    expect((await refresh(url, refresh_token)).body.error).toBe('invalid_grant');
  });

  it('before: a refresh that the server never saw can be tried again', async () => {
    const { refresh_token } = await connect(url);
    await fault([{ match: { path: '/oauth/token' }, kind: 'reset' }, { match: { path: '/oauth/token' }, kind: 'status', status: 500 }]);
    await expect(refresh(url, refresh_token)).rejects.toThrow();
    await expect(refresh(url, refresh_token)).rejects.toThrow(); // 500 without JSON
    expect((await refresh(url, refresh_token)).status).toBe(200);
  });

  it('after, with an error status: a write that was done though the answer denies it', async () => {
    await fault({ match: { method: 'DELETE' }, kind: 'status', status: 500, body: 'oops', phase: 'after' });
    const { id } = (await crm(url, 'deals')).body[0] as { id: string };
    const answer = await fetch(`${url}/crm/v1/deals/${id}`, { method: 'DELETE', headers: { 'x-api-key': 'sandbox-api-key' } });
    expect([answer.status, await answer.text()]).toEqual([500, 'oops']);
    expect((await crm(url, `deals/${id}`)).status).toBe(404);
  });

  it('never hit the control API, and are refused when they make no sense', async () => {
    await fault({ kind: 'reset', times: null });
    expect((await control(url, 'GET', 'stats')).status).toBe(200);
    expect((await control(url, 'POST', 'faults', { kind: 'status', status: 42 })).status).toBe(400);
  });

  it('do not keep the sandbox from closing', async () => {
    await fault([{ kind: 'hang' }, { kind: 'delay', delayMs: 600_000 }]);
    const waiting = Promise.all([raw('/crm/v1/account'), raw('/crm/v1/account')]);
    await expectSoon(async () => (await control(url, 'GET', 'faults')).body.faults.every((one: { hit: number }) => one.hit === 1));
    await sandbox.close();
    expect((await waiting).map((answer) => answer.status)).toEqual([undefined, undefined]);
  });
});

describe('latency', () => {
  it('holds every answer back', async () => {
    await control(url, 'PUT', 'settings', { latencyMs: 120 });
    const start = performance.now();
    await crm(url, 'account');
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    expect((await control(url, 'PUT', 'settings', { latencyMs: 0 })).body).toMatchObject({ latencyMs: 0, accessTokenSeconds: 3600 });
  });
});

describe('stats', () => {
  it('count requests by endpoint and outcome, token requests by grant type', async () => {
    const tokens = await connect(url);
    await refresh(url, tokens.refresh_token);
    await refresh(url, tokens.refresh_token);
    await crm(url, 'contacts?limit=1');
    await crm(url, 'contacts/con_00000001');
    await crm(url, 'contacts/none');
    await call(url, '/made/up');
    const { body } = await control(url, 'GET', 'stats');
    expect(body.token).toEqual({ authorization_code: { success: 1 }, refresh_token: { success: 1, invalid_grant: 1 } });
    expect(body.endpoints).toMatchObject({
      'GET /oauth/auth': { requests: 1, outcomes: { 303: 1 } },
      'POST /oauth/token': { requests: 3, outcomes: { 200: 2, 400: 1 } },
      'POST /interaction/:id': { requests: 1, outcomes: { 303: 1 } },
      'GET /crm/v1/contacts': { requests: 1, outcomes: { 200: 1 } },
      'GET /crm/v1/contacts/:id': { requests: 2, outcomes: { 200: 1, 404: 1 } },
      'GET (other)': { requests: 1, outcomes: { 404: 1 } },
    });
    expect(body.maxConcurrentTokenRequests).toBe(1);
    expect((await control(url, 'POST', 'reset-stats')).body).toMatchObject({ requests: 0, endpoints: {}, token: {} });
  });

  it('tell how many token requests were under way together', async () => {
    await control(url, 'PUT', 'settings', { latencyMs: 100 });
    await Promise.all(Array.from({ length: 6 }, () => refresh(url, 'unknown')));
    expect((await control(url, 'GET', 'stats')).body).toMatchObject({ maxConcurrentTokenRequests: 6, token: { refresh_token: { invalid_grant: 6 } } });
  });
});

describe('the control API', () => {
  it('needs its header', async () => {
    expect((await call(url, '/_control/stats')).status).toBe(403);
    expect((await call(url, '/_control/stats', { headers: { 'x-sandbox-control': '1' } })).status).toBe(200);
  });

  it('answers only to this machine', async () => {
    const own = Object.values(networkInterfaces()).flat().find((address) => address && !address.internal && address.family === 'IPv4')?.address;
    if (own === undefined) return; // a machine without a network has nobody to refuse
    const open = await startSandbox({ host: '0.0.0.0', records: { contacts: 1, companies: 1, deals: 1, activities: 1 } });
    try {
      const { port } = new URL(open.url);
      const outside = `http://${own}:${port}`;
      expect((await call(outside, '/health')).status).toBe(200);
      expect((await control(outside, 'GET', 'stats')).status).toBe(403);
      expect((await control(open.url, 'GET', 'stats')).status).toBe(200);
    } finally {
      await open.close();
    }
  });

  it('refuses settings and records it does not have', async () => {
    expect((await control(url, 'PUT', 'settings', { port: 1 })).status).toBe(400);
    expect((await control(url, 'POST', 'records/leads/generate', { count: 1 })).status).toBe(404);
    expect((await control(url, 'POST', 'records/deals/generate', { count: 0 })).status).toBe(400);
  });
});

it('lets go of a connection that says nothing when it closes', async () => {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1');
  await new Promise((done) => socket.once('connect', done));
  const ended = new Promise((done) => socket.once('close', done).on('error', () => undefined));
  await sandbox.close();
  await ended;
});

async function expectSoon(check: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end; ) if (await check()) return;
  throw new Error('It did not become true');
}
