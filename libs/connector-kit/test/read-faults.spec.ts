import { gzipSync } from 'node:zlib';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '@trunkline/egress';
import type { StreamState } from '../src/index.js';
import { acme, stream } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer } from './support/local-server.js';
import { afterJson, keysOf, readAll, readInterrupted } from './support/read-all.js';
import { makeRows, PagedApi, pagedStreams } from './support/paged-api.js';
import type { PagedStream } from './support/paged-api.js';

describe('500 records of one moment', () => {
  const api = new PagedApi(makeRows(500, 500));
  let server: LocalServer;
  beforeAll(async () => (server = await startServer((request, origin) => api.answer(request, origin))));
  afterAll(() => server.close());
  const connector = acme({}, pagedStreams);

  it.each(['cursor', 'page', 'offset_sorted', 'link_header', 'next_url', 'graphql_cursor'] as PagedStream[])('are all read, interrupted at each page: %s', async (name) => {
    const pages = await readInterrupted(server, { connector, stream: name, pageSize: 100 });
    expect(new Set(keysOf(pages))).toEqual(new Set(api.rows.map(({ id }) => id)));
    expect(pages.at(-1)).toMatchObject({ done: true, full: true, complete: true });
    expect(pages.slice(0, -1).every(({ complete }) => !complete)).toBe(true);
    const again = await readInterrupted(server, { connector, stream: name, pageSize: 100, state: pages.at(-1)!.state });
    expect(new Set(keysOf(again)).size).toBe(500);
    expect(again.at(-1)).toMatchObject({ full: false, complete: false });
  });

  it('a state that an earlier release kept is gone on from, and concludes nothing', async () => {
    const [first] = await readInterrupted(server, { connector, stream: 'cursor', pageSize: 100 });
    const { clean: _clean, slice: _slice, parent: _parent, ...old } = first!.state as unknown as Record<string, unknown>;
    const pages = await readAll(server, { connector, stream: 'cursor', state: { ...old, v: 1 } as unknown as StreamState });
    expect(keysOf(pages)).toHaveLength(450);
    expect(pages.at(-1)).toMatchObject({ done: true, full: true, complete: false });
    expect(afterJson(pages.at(-1)!.state)).toMatchObject({ v: 2 });
  });
});

it('page 7 of 10 that fails leaves six that can be gone on from', async () => {
  let broken = true;
  const server = await startServer(({ query }) => {
    const page = Number(query.get('page') ?? 1);
    return page === 7 && broken ? { status: 403, body: {} } : { body: { items: [{ id: page }], total: 10 } };
  });
  const connector = acme({}, { items: stream({ request: { path: '/items', query: { page: '{{page.number}}', size: '{{page.size}}' } }, pagination: { type: 'page', page_size: 1, total: 'total' } }) });
  let state: StreamState | null = null;
  const seen: string[] = [];
  const reading = (async () => {
    const { readStream } = await import('../src/index.js');
    const { key } = await import('./support/acme.js');
    for await (const page of readStream({ egress: server.egress, connector, inputs: {}, settings: { acme_url: server.origin }, stream: 'items', credential: async () => key(), state })) {
      seen.push(...keysOf([page]));
      state = afterJson(page.state);
    }
  })();
  await expect(reading).rejects.toMatchObject({ kind: 'forbidden' });
  expect(seen).toEqual(['1', '2', '3', '4', '5', '6']);
  broken = false;
  const rest = await readAll(server, { connector, stream: 'items', state });
  expect(keysOf(rest)).toEqual(['7', '8', '9', '10']);
  expect(rest.at(-1)).toMatchObject({ complete: true });
  await server.close();
});

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));

describe('answers that are no answers', () => {
  const withServer = async (listener: RequestListener) => {
    const http = createServer(listener);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const egress = createEgress({ allow: [`127.0.0.1:${port}`], timeoutMs: 400, maxBytes: 1024 * 1024 });
    const server = { origin: `http://127.0.0.1:${port}`, egress, received: [], close: async () => undefined } as LocalServer;
    const outcome = await readAll(server, { connector: acme({}, { items: stream({}) }), stream: 'items' }).catch((error: unknown) => error);
    await egress.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    return outcome;
  };

  it.each<[string, RequestListener, string]>([
    ['a gzip bomb', (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb), 'malformed'],
    ['an endless body', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const pour = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536))) continue;
      };
      response.on('drain', pour);
      pour();
    }, 'malformed'],
    ['silence', () => undefined, 'unavailable'],
    ['a body that stops in the middle', (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('{"items":['), 'unavailable'],
  ])('%s ends the page, soon and with a reason', async (_, listener, kind) => {
    const begun = performance.now();
    expect(await withServer(listener)).toMatchObject({ name: 'ProviderError', kind });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
