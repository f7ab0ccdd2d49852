import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { createEgress } from '../src/index.js';
import type { Egress, EgressOptions } from '../src/index.js';
import { failureOf, until } from './support/failure.js';
import { closeServers, startHttp, startTcp } from './support/servers.js';
import type { Running } from './support/servers.js';

const open: Egress[] = [];
const egressFor = (server: Pick<Running, 'host'>, options: Partial<EgressOptions> = {}): Egress => {
  const egress = createEgress({ allow: [server.host], ...options });
  open.push(egress);
  return egress;
};

afterEach(async () => {
  await closeServers();
  await Promise.all(open.splice(0).map((egress) => egress.close()));
});

const secretUrl = (server: Pick<Running, 'host'>): string => `http://${server.host}/bot-SECRET/x?token=SECRET`;
const secretHeaders = { authorization: 'Bearer SECRET' };

async function failureOfSecret(egress: Egress, server: Pick<Running, 'host'>, more: object = {}): ReturnType<typeof failureOf> {
  const error = await failureOf(egress.request({ url: secretUrl(server), headers: secretHeaders, method: 'POST', body: 'SECRET', ...more }));
  expect(`${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`).not.toContain('SECRET');
  expect(error.cause).toBeUndefined();
  return error;
}

describe('the deadline', () => {
  it('ends a server that never answers, and cuts the connection', async () => {
    let closed = false;
    const server = await startTcp((socket) => socket.on('close', () => (closed = true)).resume());
    const started = performance.now();
    expect(await failureOfSecret(egressFor(server, { timeoutMs: 150 }), server)).toMatchObject({ code: 'EGRESS_TIMEOUT', sent: true, retryable: true });
    expect(performance.now() - started).toBeGreaterThan(140);
    await until(() => closed);
  });

  it('is total: a body of a byte now and then does not prolong it', async () => {
    const server = await startHttp((_request, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await failureOfSecret(egressFor(server, { timeoutMs: 200 }), server)).toMatchObject({ code: 'EGRESS_TIMEOUT', sent: true });
  });

  it('is total: slow headers do not prolong it either', async () => {
    const server = await startTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await failureOfSecret(egressFor(server, { timeoutMs: 200 }), server)).toMatchObject({ code: 'EGRESS_TIMEOUT', sent: true });
  });

  it('covers all redirects together', async () => {
    const server = await startHttp((_request, response) => void setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 80));
    expect(await failureOf(egressFor(server, { timeoutMs: 200 }).request({ url: `http://${server.host}/`, redirect: 'follow' })))
      .toMatchObject({ code: 'EGRESS_TIMEOUT', sent: true });
  });

  it('counts waiting for a connection, and then nothing was sent; the connection serves the next one', async () => {
    let answer: (() => void) | undefined;
    const server = await startHttp((_request, response) => (answer = () => response.end('late')));
    const egress = egressFor(server, { connectionsPerOrigin: 1 });
    const first = egress.request({ url: `http://${server.host}/first` });
    await until(() => answer !== undefined);
    expect(await failureOf(egress.request({ url: `http://${server.host}/second`, timeoutMs: 50 }))).toMatchObject({ code: 'EGRESS_TIMEOUT', sent: false });
    const third = egress.request({ url: `http://${server.host}/third` });
    answer?.();
    await first;
    await until(() => server.requests.length === 2);
    answer?.();
    await third;
    expect(server.requests.map(({ url }) => url)).toEqual(['/first', '/third']);
    expect(server.connections).toBe(1);
  });

  it('ends a resolver that never answers', async () => {
    const egress = createEgress({ allow: [], lookup: () => new Promise(() => undefined), connectTimeoutMs: 100 });
    open.push(egress);
    const started = performance.now();
    expect(await failureOf(egress.request({ url: 'https://api.example.com/' }))).toMatchObject({ code: 'EGRESS_CONNECT', sent: false, retryable: true });
    expect(performance.now() - started).toBeLessThan(4_000); // undici's coarse timer adds up to a second
  });

  it('ends a TLS handshake that never goes on', async () => {
    const server = await startTcp((socket) => socket.resume());
    expect(await failureOf(egressFor(server, { connectTimeoutMs: 100 }).request({ url: `https://${server.host}/` })))
      .toMatchObject({ code: 'EGRESS_CONNECT', sent: false });
  });
});

describe("the caller's signal", () => {
  it('gives up before anything is sent', async () => {
    const server = await startHttp();
    expect(await failureOf(egressFor(server).request({ url: `http://${server.host}/`, signal: AbortSignal.abort() })))
      .toMatchObject({ code: 'EGRESS_ABORTED', sent: false });
    expect(server.connections).toBe(0);
  });

  it('gives up while waiting for the answer', async () => {
    const server = await startHttp(() => undefined);
    const controller = new AbortController();
    const pending = failureOf(egressFor(server).request({ url: `http://${server.host}/`, signal: controller.signal }));
    await until(() => server.requests.length === 1);
    controller.abort();
    expect(await pending).toMatchObject({ code: 'EGRESS_ABORTED', sent: true, retryable: false });
  });
});

it('leaves no timer and no listener behind', async () => {
  const server = await startHttp();
  const egress = egressFor(server);
  const { signal } = new AbortController();
  await egress.request({ url: `http://${server.host}/` });
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (let i = 0; i < 20; i += 1) await egress.request({ url: `http://${server.host}/`, signal });
  await failureOf(egress.request({ url: `http://${server.host}/`, signal, allowedOrigins: [] }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(timers() - before).toBeLessThan(5);
});

describe('broken connections', () => {
  it('refused', async () => {
    const server = await startHttp();
    await server.close();
    expect(await failureOfSecret(egressFor(server), server)).toMatchObject({ code: 'EGRESS_CONNECT', sent: false, retryable: true, reason: 'ECONNREFUSED' });
  });

  it('refused for many at once, more than there are connections: each is told', async () => {
    const server = await startHttp();
    await server.close();
    const egress = egressFor(server, { connectionsPerOrigin: 4 });
    const failures = await Promise.all(Array.from({ length: 100 }, () => failureOf(egress.request({ url: `http://${server.host}/` }))));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['EGRESS_CONNECT']));
  });

  it.each([
    ['before the answer', ''],
    ['within the headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['within a body of told length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nSECRET'],
    ['within a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nSECRET\r\n'],
  ])('reset and end %s', async (_when, bytes) => {
    for (const cut of ['resetAndDestroy', 'end'] as const) {
      const server = await startTcp((socket) => {
        socket.once('data', () => (bytes ? socket.write(bytes, () => setTimeout(() => socket[cut](), 20)) : socket[cut]()));
      });
      expect(await failureOfSecret(egressFor(server), server)).toMatchObject({ code: 'EGRESS_RESET', sent: true, retryable: true });
    }
  });

  it.each([
    'SSH-2.0-OpenSSH_9.6 SECRET\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 6\r\n\r\nSECRET',
    'HTTP/1.1 200 OK\r\nx y: SECRET\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nSECRET',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nSECRET',
  ])('is not HTTP: %j', async (bytes) => {
    const server = await startTcp((socket) => socket.once('data', () => socket.end(bytes)));
    expect(await failureOfSecret(egressFor(server), server)).toMatchObject({ code: 'EGRESS_RESET', sent: true });
  });

  it('a body that ends with the connection is complete', async () => {
    const server = await startTcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it')));
    expect((await egressFor(server).request({ url: `http://${server.host}/` })).text()).toBe('all of it');
  });

  it('a POST is never sent twice, though its kept-alive connection dies', async () => {
    let requests = 0;
    const server = await startTcp((socket) =>
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      }),
    );
    const egress = egressFor(server, { connectionsPerOrigin: 1 });
    await egress.request({ url: `http://${server.host}/` });
    expect(await failureOf(egress.request({ url: `http://${server.host}/`, method: 'POST', body: 'refresh_token=once' })))
      .toMatchObject({ code: 'EGRESS_RESET', sent: true });
    expect(requests).toBe(2);
  });
});

describe('close', () => {
  it('finishes what is under way, then refuses', async () => {
    const server = await startHttp((_request, response) => void setTimeout(() => response.end('done'), 50));
    const egress = egressFor(server);
    const pending = egress.request({ url: `http://${server.host}/` });
    await until(() => server.requests.length === 1);
    const closing = egress.close();
    expect((await pending).text()).toBe('done');
    await closing;
    await egress.close();
    expect(await failureOf(egress.request({ url: `http://${server.host}/` }))).toMatchObject({ code: 'EGRESS_ABORTED', sent: false });
    expect(server.requests).toHaveLength(1);
  });
});
