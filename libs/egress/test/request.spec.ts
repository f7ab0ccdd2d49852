import { createBrotliCompress, brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createEgress } from '../src/index.js';
import type { Egress, EgressOptions } from '../src/index.js';
import { failureOf, until } from './support/failure.js';
import { closeServers, startHttp, startTcp } from './support/servers.js';
import type { Running } from './support/servers.js';

const open: Egress[] = [];
const egressFor = (servers: Running[], options: Partial<EgressOptions> = {}): Egress => {
  const egress = createEgress({ allow: servers.map((server) => server.host), ...options });
  open.push(egress);
  return egress;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((egress) => egress.close()));
  await closeServers();
});

describe('a request', () => {
  it('sends method, headers and body, and brings back the answer', async () => {
    const server = await startHttp((_request, response) => {
      response.writeHead(201, { 'Content-Type': 'application/json', 'X-Many': ['a', 'b'], 'Set-Cookie': ['s=1', 't=2'], constructor: 'c' });
      response.end('{"ok":true}');
    });
    const before = performance.now();
    const response = await egressFor([server], { userAgent: 'trunkline-test/1' }).request({
      url: `http://${server.host}/a%20b?x=1&y=%2F#part`,
      method: 'post',
      headers: { Authorization: 'Bearer t', 'content-type': 'application/json' },
      body: '{"\u20ac":1}',
    });
    expect(server.requests).toEqual([{
      method: 'POST', url: '/a%20b?x=1&y=%2F', body: '{"\u20ac":1}',
      headers: expect.objectContaining({
        host: server.host, authorization: 'Bearer t', 'user-agent': 'trunkline-test/1', 'accept-encoding': 'gzip, deflate, br', 'content-length': '9',
      }),
    }]);
    expect(response).toMatchObject({ status: 201, url: `http://${server.host}/a%20b?x=1&y=%2F` });
    expect(response.text()).toBe('{"ok":true}');
    expect(response.headers).toMatchObject({ 'content-type': 'application/json', 'x-many': 'a, b', constructor: 'c' });
    expect('set-cookie' in response.headers || 'toString' in response.headers).toBe(false);
    expect(before <= response.sentAt && response.sentAt <= response.receivedAt && response.receivedAt <= performance.now()).toBe(true);
  });

  it('sends bytes as they are, part of a larger buffer too', async () => {
    const server = await startHttp();
    const bytes = new Uint8Array(Buffer.from('xx\0binary\xffxx', 'latin1').buffer).slice();
    await egressFor([server]).request({ url: `http://${server.host}/`, method: 'PUT', body: Buffer.from('..body..').subarray(2, 6) });
    await egressFor([server]).request({ url: `http://${server.host}/`, method: 'PUT', body: bytes });
    expect(server.requests[0]?.body).toBe('body');
    expect(server.requests[1]?.headers['content-length']).toBe(String(bytes.length));
  });

  it('takes every HTTP status for an answer', async () => {
    const server = await startHttp((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.end(response.statusCode === 204 ? undefined : 'x');
    });
    const egress = egressFor([server]);
    for (const status of [200, 204, 400, 401, 404, 429, 500, 503]) {
      await expect(egress.request({ url: `http://${server.host}/${status}` })).resolves.toMatchObject({ status });
    }
    await expect(egress.request({ url: `http://${server.host}/200`, method: 'HEAD' })).resolves.toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  it('skips interim answers', async () => {
    const server = await startHttp((_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end('final');
    });
    expect((await egressFor([server]).request({ url: `http://${server.host}/` })).text()).toBe('final');
  });

  it('keeps connections alive and opens no more than it may', async () => {
    const server = await startHttp((_request, response) => void setTimeout(() => response.end('ok'), 5));
    const egress = egressFor([server], { connectionsPerOrigin: 3 });
    await Promise.all(Array.from({ length: 60 }, () => egress.request({ url: `http://${server.host}/` })));
    expect(server.connections).toBe(3);
    expect(server.requests).toHaveLength(60);
  });

  it('refuses before connecting when the origin is not one the credential is bound to', async () => {
    const server = await startHttp();
    const egress = egressFor([server]);
    const url = `http://${server.host}/`;
    for (const allowedOrigins of [[], ['https://api.example.com'], [`https://${server.host}`], [`http://${server.host}1`]]) {
      expect(await failureOf(egress.request({ url, allowedOrigins }))).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false });
    }
    expect(server.connections).toBe(0);
    await expect(egress.request({ url, allowedOrigins: ['https://api.example.com', `http://${server.host}`] })).resolves.toMatchObject({ status: 200 });
  });

  it('refuses a host header and other headers of its own', async () => {
    const server = await startHttp();
    const error = await failureOf(egressFor([server]).request({ url: `http://${server.host}/`, headers: { Host: 'inner.example' } }));
    expect(error).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false });
    expect(server.connections).toBe(0);
  });

  it('judges a URL without connecting', async () => {
    const server = await startHttp();
    const egress = egressFor([server]);
    expect(() => egress.check(`http://${server.host}/hook`)).not.toThrow();
    expect(() => egress.check('https://hooks.example.com/x', ['https://hooks.example.com'])).not.toThrow();
    expect(() => egress.check('https://hooks.example.com/x', ['https://other.example.com'])).toThrow(expect.objectContaining({ code: 'EGRESS_BLOCKED' }));
    expect(() => egress.check('http://169.254.169.254/latest')).toThrow(expect.objectContaining({ code: 'EGRESS_BLOCKED' }));
    expect(server.connections).toBe(0);
  });

  it.each([
    { timeoutMs: 0 }, { maxBytes: -1 }, { connectTimeoutMs: 1.5 }, { connectionsPerOrigin: Number.NaN }, { timeoutMs: 2 ** 31 }, { allow: ['*'] },
    { userAgent: 'a\r\nb' },
  ])(
    'refuses the option %j at start', (options) => {
      expect(() => createEgress({ allow: [], ...options })).toThrow();
    });
});

describe('redirects', () => {
  it('are answers by default: nothing is followed', async () => {
    const server = await startHttp((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end('moved'));
    const response = await egressFor([server]).request({ url: `http://${server.host}/token`, method: 'POST', body: 'client_secret=s' });
    expect(response).toMatchObject({ status: 307, headers: expect.objectContaining({ location: '/elsewhere' }) });
    expect(response.text()).toBe('moved');
    expect(server.requests).toHaveLength(1);
  });

  it('are followed on request, at most three, within the origin with the credentials', async () => {
    const server = await startHttp((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end('there');
    });
    const egress = egressFor([server]);
    const followed = await egress.request({ url: `http://${server.host}/3`, headers: { authorization: 'Bearer t' }, redirect: 'follow' });
    expect(followed).toMatchObject({ status: 200, url: `http://${server.host}/0` });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 4 }, () => 'Bearer t'));
    expect(await failureOf(egress.request({ url: `http://${server.host}/4`, redirect: 'follow' }))).toMatchObject({ code: 'EGRESS_BLOCKED', sent: true });
  });

  it('lose every credential on the way to another origin', async () => {
    const other = await startHttp();
    const server = await startHttp((_request, response) => response.writeHead(302, { location: `http://${other.host}/x` }).end());
    const egress = egressFor([server, other]);
    const headers = { authorization: 'Bearer s', cookie: 'a=1', 'x-api-key': 's', 'developer-token': 's', accept: 'text/csv' };
    await expect(egress.request({ url: `http://${server.host}/`, headers, redirect: 'follow' })).resolves
      .toMatchObject({ status: 200, url: `http://${other.host}/x` });
    expect(Object.keys(other.requests[0]?.headers ?? {}).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  });

  it('never take a body or a bound credential to another origin', async () => {
    const other = await startHttp();
    const server = await startHttp((_request, response) => response.writeHead(307, { location: `http://${other.host}/x` }).end());
    const egress = egressFor([server, other]);
    const url = `http://${server.host}/`;
    expect(await failureOf(egress.request({ url, method: 'POST', body: 'client_secret=s', redirect: 'follow' })))
      .toMatchObject({ code: 'EGRESS_BLOCKED', sent: true });
    expect(await failureOf(egress.request({ url, allowedOrigins: [`http://${server.host}`], redirect: 'follow' })))
      .toMatchObject({ code: 'EGRESS_BLOCKED', sent: true });
    expect(other.connections).toBe(0);
  });

  it.each([
    'http://127.0.0.1:{p}/', 'http://localhost:{p}/', 'http://[::ffff:127.0.0.1]:{p}/', 'http://2130706433:{p}/', '//127.0.0.1:{p}/', 'http:127.0.0.1:{p}',
    '\\\\127.0.0.1:{p}', 'file:///etc/passwd', 'https://u:p@127.0.0.1:{p}/', 'https://[',
  ])(
    'to %s are refused', async (location) => {
      const canary = await startHttp();
      const server = await startHttp((_request, response) => response.writeHead(302, { location: location.replace('{p}', String(canary.port)) }).end());
      const error = await failureOf(egressFor([server]).request({ url: `http://${server.host}/`, redirect: 'follow' }));
      expect(error.code).toMatch(/BLOCKED|INVALID/);
      expect(error.sent).toBe(true);
      expect(canary.connections).toBe(0);
    });
});

describe('compressed answers', () => {
  const text = JSON.stringify(Array.from({ length: 2000 }, (_, id) => ({ id, name: `contact ${id}` })));
  const serve = (encoding: string, body: Buffer, pieces = 1) =>
    startHttp((_request, response) => {
      response.setHeader('content-encoding', encoding);
      const size = Math.ceil(body.length / pieces);
      const send = (at: number): void => {
        if (at < body.length) response.write(body.subarray(at, at + size), () => setImmediate(send, at + size));
        else response.end();
      };
      send(0);
    });

  it.each([
    ['gzip', gzipSync(text)], ['x-gzip', gzipSync(text)], ['GZIP', gzipSync(text)], ['deflate', deflateSync(text)], ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)], ['gzip', Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))])],
  ])('%s', async (encoding, body) => {
    for (const pieces of [1, 7]) {
      const server = await serve(encoding, body, pieces);
      expect((await egressFor([server]).request({ url: `http://${server.host}/` })).text()).toBe(text);
    }
  });

  it('may be empty', async () => {
    const server = await serve('gzip', Buffer.alloc(0));
    expect((await egressFor([server]).request({ url: `http://${server.host}/` })).text()).toBe('');
    await expect(egressFor([server]).request({ url: `http://${server.host}/`, method: 'HEAD' })).resolves.toMatchObject({ status: 200 });
  });

  it.each([
    ['gzip', gzipSync(text).subarray(0, 500)], ['gzip', Buffer.from('not gzip at all')], ['deflate', Buffer.from('xx')],
    ['br', brotliCompressSync(text).subarray(0, 200)],
  ])('broken %s is an error, not a shorter answer', async (encoding, body) => {
    const server = await serve(encoding, body);
    expect(await failureOf(egressFor([server]).request({ url: `http://${server.host}/` }))).toMatchObject({ code: 'EGRESS_RESET', sent: true });
  });

  it.each(['zstd', 'gzip, gzip', 'compress', 'constructor'])('%s is not understood', async (encoding) => {
    const server = await serve(encoding, gzipSync(gzipSync(text)));
    expect(await failureOf(egressFor([server]).request({ url: `http://${server.host}/` }))).toMatchObject({ code: 'EGRESS_RESET', retryable: false });
  });
});

describe('the byte cap', () => {
  const mib = 1024 * 1024;

  it('holds for plain bodies, told or untold, to the byte', async () => {
    const server = await startHttp((request, response) => {
      if (request.url === '/told') response.setHeader('content-length', 1001);
      else response.flushHeaders();
      response.end(Buffer.alloc(request.url === '/fits' ? 1000 : 1001));
    });
    const egress = egressFor([server], { maxBytes: 1000 });
    expect((await egress.request({ url: `http://${server.host}/fits` })).body).toHaveLength(1000);
    for (const path of ['/told', '/untold']) {
      expect(await failureOf(egress.request({ url: `http://${server.host}${path}` }))).toMatchObject({ code: 'EGRESS_TOO_LARGE', sent: true, retryable: false });
    }
    expect((await egress.request({ url: `http://${server.host}/untold`, maxBytes: 2000 })).body).toHaveLength(1001);
  });

  it.each([['gzip', createGzip], ['br', createBrotliCompress]] as const)('stops an endless %s bomb early', async (encoding, compressor) => {
    let fed = 0;
    let stopped = false;
    const server = await startHttp((_request, response) => {
      response.setHeader('content-encoding', encoding);
      const bomb = compressor();
      bomb.pipe(response);
      const zeros = Buffer.alloc(mib);
      const feed = (): void => {
        if (stopped) return;
        fed += zeros.length;
        bomb.write(zeros, feed);
      };
      response.on('close', () => (stopped = true));
      feed();
    });
    const error = await failureOf(egressFor([server], { maxBytes: 4 * mib }).request({ url: `http://${server.host}/` }));
    expect(error).toMatchObject({ code: 'EGRESS_TOO_LARGE', sent: true });
    await until(() => stopped);
    // Without the cap it would go on until the 20 s deadline; what the socket buffers hold is a few MiB of zeros for every KiB.
    expect(fed).toBeLessThan(4096 * mib);
  });

  it('does not unpack a bomb beyond the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(512 * mib));
    const server = await startHttp((_request, response) => response.setHeader('content-encoding', 'gzip').end(bomb));
    const before = process.memoryUsage().rss;
    expect(await failureOf(egressFor([server], { maxBytes: mib }).request({ url: `http://${server.host}/` }))).toMatchObject({ code: 'EGRESS_TOO_LARGE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * mib);
  });

  it('counts the wire too: blocks that unpack to nothing', async () => {
    // A gzip header, then stored deflate blocks of length 0 without end.
    const empty = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff])));
    let stopped = false;
    const server = await startHttp((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.write(gzipSync('').subarray(0, 10));
      const feed = (): void => void (stopped || response.write(empty, () => setImmediate(feed)));
      response.on('close', () => (stopped = true));
      feed();
    });
    expect(await failureOf(egressFor([server], { maxBytes: mib }).request({ url: `http://${server.host}/` }))).toMatchObject({ code: 'EGRESS_TOO_LARGE' });
    await until(() => stopped);
  });

  it('does not wait for a body that is told to be too large', async () => {
    const server = await startTcp((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n')));
    expect(await failureOf(egressFor([server], { maxBytes: 1000 }).request({ url: `http://${server.host}/` })))
      .toMatchObject({ code: 'EGRESS_TOO_LARGE', sent: true });
  });

  it('holds for headers', async () => {
    const fields = Array.from({ length: 40 }, (_, i) => `x-${i}: ${'a'.repeat(1000)}\r\n`).join('');
    const server = await startTcp((socket) => socket.end(`HTTP/1.1 200 OK\r\n${fields}content-length: 0\r\n\r\n`));
    const url = `http://${server.host}/`;
    expect(await failureOf(egressFor([server]).request({ url }))).toMatchObject({ code: 'EGRESS_TOO_LARGE', sent: true, retryable: false });
    await expect(egressFor([server], { maxHeaderBytes: 64 * 1024 }).request({ url })).resolves.toMatchObject({ status: 200 });
  });
});
