import { readStream } from '../src/index.js';
import type { ReadPage, ReadStreamOptions, StreamState } from '../src/index.js';
import { acme, key } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer } from './support/local-server.js';
import { makeRows, PagedApi, pagedStreams } from './support/paged-api.js';
import type { PagedStream } from './support/paged-api.js';

const kinds = Object.keys(pagedStreams) as PagedStream[];
const connector = acme({}, pagedStreams);

describe('reading a stream', () => {
  let api: PagedApi;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer((request, origin) => api.answer(request, origin))));
  afterAll(() => server.close());
  beforeEach(() => {
    api = new PagedApi([]);
    server.received.length = 0;
  });

  const open = (stream: PagedStream, state: StreamState | null = null, more: Partial<ReadStreamOptions> = {}) =>
    readStream({ egress: server.egress, connector, inputs: {}, settings: { acme_url: server.origin }, stream, state, credential: async () => key(), ...more });
  const readAll = async (stream: PagedStream, state: StreamState | null = null, more: Partial<ReadStreamOptions> = {}) => {
    const pages: ReadPage[] = [];
    for await (const page of open(stream, state, more)) pages.push(page);
    return pages;
  };
  const keys = (pages: readonly ReadPage[]) => pages.flatMap(({ records }) => records.map((record) => record.key));
  const afterJson = (state: StreamState) => JSON.parse(JSON.stringify(state)) as StreamState;

  describe.each(kinds)('paged by %s', (kind) => {
    it('brings every record exactly once, in order, and ends with a page that is done', async () => {
      api.rows = makeRows(95, 3);
      const pages = await readAll(kind);
      expect(keys(pages)).toEqual(api.rows.map(({ id }) => id));
      expect(pages.map(({ done }) => done)).toEqual(pages.map((_, index) => index === pages.length - 1));
      expect(pages.every(({ full, bytes, quarantined }) => full && bytes > 0 && quarantined.length === 0)).toBe(true);
      expect(kind === 'none' ? pages.length : pages.length >= 10).toBeTruthy();
    });

    it('ends at once when there is nothing', async () => {
      const pages = await readAll(kind);
      expect(pages).toMatchObject([{ records: [], done: true, full: true }]);
    });

    it('resumes from the state of every page, in another process, with the same rest', async () => {
      api.rows = makeRows(44, 3);
      const whole = await readAll(kind);
      for (const [index, page] of whole.entries()) {
        if (page.done) continue;
        const rest = await readAll(kind, afterJson(page.state));
        expect(keys(rest)).toEqual(keys(whole.slice(index + 1)));
      }
    });

    it('reads the same with prefetch', async () => {
      api.rows = makeRows(44, 3);
      expect(await readAll(kind, null, { prefetch: true }).then(keys)).toEqual(api.rows.map(({ id }) => id));
    });

    it('brings only what changed in the next pass, ties included, deletions as such', async () => {
      api.rows = makeRows(40, 3);
      const first = await readAll(kind);
      const newest = api.rows.at(-1)!.updated_at;
      const ties = api.rows.filter((row) => row.updated_at === newest).map(({ id }) => id);
      // Another row with the very same moment, which the first pass could not see.
      api.touch('r9000', newest);
      api.touch('r0003', '2025-03-01T00:00:00.000Z');
      api.touch('r0004', '2025-03-02T00:00:00.000Z', true);
      const second = await readAll(kind, afterJson(first.at(-1)!.state));
      expect(keys(second).sort()).toEqual([...ties, 'r9000', 'r0003', 'r0004'].sort());
      expect(second.every(({ full }) => !full)).toBe(true);
      expect(second.flatMap(({ records }) => records).find((record) => record.key === 'r0004')).toEqual({ op: 'delete', key: 'r0004', data: null });

      const third = await readAll(kind, afterJson(second.at(-1)!.state));
      expect(keys(third)).toEqual(['r0004']);
    });
  });

  it('keeps the state below 64 KiB and as plain JSON', async () => {
    api.rows = makeRows(300, 100);
    for (const { state } of [...(await readAll('page')), ...(await readAll('cursor'))]) {
      expect(JSON.stringify(state).length).toBeLessThan(65_536);
      expect(afterJson(state)).toEqual(state);
    }
  });

  it('does not move its start before the pass is done, however often it is interrupted', async () => {
    api.rows = makeRows(40);
    const newest = api.rows.at(-1)!.updated_at;
    let state = (await readAll('cursor')).at(-1)!.state;
    api.rows = [...api.rows, ...makeRows(30, 1, Date.UTC(2025, 5, 1)).map((row) => ({ ...row, id: `n${row.id}` }))];
    server.received.length = 0;
    do {
      const reader = open('cursor', afterJson(state));
      state = ((await reader.next()).value as ReadPage).state;
      await reader.return();
    } while (!state.done);
    expect(server.received.map(({ query }) => query.get('since'))).toEqual([newest, newest, newest, newest]);
  });

  describe('when rows change while they are read', () => {
    const moving = async (kind: PagedStream, pageSize: number, ties: number, full: boolean) => {
      api.rows = makeRows(60, ties);
      const original = api.rows;
      let state: StreamState | null = null;
      if (!full) {
        // An incremental pass over the same rows, which all change after the first one.
        api.rows = [{ id: 'first', updated_at: original[0]!.updated_at }];
        state = (await readAll(kind)).at(-1)!.state;
        api.rows = original;
      }
      const now = new Date().toISOString();
      const seen = new Set<string>();
      let moved = 0;
      for await (const page of open(kind, state, { pageSize })) {
        for (const record of page.records) seen.add(record.key);
        // Rows already read move to the end of the order: everything behind them moves up.
        for (let turn = 0; turn < 3 && moved < 12; turn += 1) api.touch(`r${String(moved++).padStart(4, '0')}`, now);
      }
      return original.filter(({ id }) => !seen.has(id)).length;
    };

    it.each(['cursor', 'page', 'offset_sorted', 'link_header', 'graphql_cursor'] as const)('%s skips none of the rest', async (kind) => {
      for (const full of [true, false]) {
        expect(await moving(kind, 7, 1, full)).toBe(0);
        expect(await moving(kind, 7, 3, full)).toBe(0);
        // Rows of one value fill a page, or more than one.
        expect(await moving(kind, 7, 7, full)).toBe(0);
        expect(await moving(kind, 7, 20, full)).toBe(0);
      }
    });

    it('plain counting does skip, which is what "order: ascending" is for', async () => {
      expect(await moving('page_counted', 7, 3, true)).toBeGreaterThan(0);
    });

    it('what changed behind the reader comes in the next pass, however new the last record seen was', async () => {
      api.rows = [...makeRows(30), { id: 'future', updated_at: '2999-01-01T00:00:00.000Z' }];
      const reader = open('cursor');
      const first = (await reader.next()).value as ReadPage;
      expect(first.records.map((record) => record.key)).toContain('r0000');
      api.touch('r0000', new Date().toISOString());
      // The provider's order puts it before "future", where this pass still sees it; take it away again to be behind the reader.
      const touched = api.rows.filter(({ id }) => id === 'r0000');
      api.rows = api.rows.filter(({ id }) => id !== 'r0000');
      let state = first.state;
      for await (const page of reader) state = page.state;
      api.rows.push(...touched);
      expect(keys(await readAll('cursor', state))).toEqual(expect.arrayContaining(['r0000', 'future']));
    });
  });

  it('asks for the page size the caller wants, up to the provider\'s ceiling, and keeps it for the whole pass', async () => {
    api.rows = makeRows(120);
    const reader = open('cursor', null, { pageSize: 500 });
    const first = (await reader.next()).value as ReadPage;
    await reader.return();
    expect(first.records).toHaveLength(50);
    const rest = await readAll('cursor', first.state, { pageSize: 3 });
    expect(rest.map(({ records }) => records.length)).toEqual([50, 20]);
    expect(server.received.map(({ query }) => query.get('size'))).toEqual(['50', '50', '50']);
  });

  it.each(['offset', 'cursor', 'page_until_empty'] as const)('misses nothing where the provider gives smaller pages than asked for: %s', async (kind) => {
    api.rows = makeRows(23);
    const stingy = await startServer((request, origin) => {
      request.query.set('size', '4');
      return api.answer(request, origin);
    });
    const pages: ReadPage[] = [];
    for await (const page of open(kind, null, { egress: stingy.egress, settings: { acme_url: stingy.origin } })) pages.push(page);
    await stingy.close();
    expect(keys(pages)).toEqual(api.rows.map(({ id }) => id));
  });

  it('counts pages with the size the pass began with, so that numbers keep their meaning', async () => {
    api.rows = makeRows(60);
    const reader = open('page_counted', null, { pageSize: 20 });
    const first = (await reader.next()).value as ReadPage;
    await reader.return();
    expect(keys([first, ...(await readAll('page_counted', first.state, { pageSize: 5 }))])).toEqual(api.rows.map(({ id }) => id));
  });

  it('asks for the credential before every page, and leaves out what has no value', async () => {
    api.rows = makeRows(30);
    let asked = 0;
    await readAll('cursor', null, { credential: async () => key(`key-${(asked += 1)}`) });
    expect(server.received.map(({ headers }) => headers['x-key'])).toEqual(['key-1', 'key-2', 'key-3']);
    expect(server.received[0]?.target).toBe('/api/cursor?size=10');
    expect(server.received[1]?.query.get('cursor')).toBe('2025-01-01T00:09:00.000Z/r0009');
  });

  it('sends GraphQL values as variables of their kind, and none for what is missing', async () => {
    api.rows = makeRows(12);
    await readAll('graphql_cursor');
    const bodies = server.received.map(({ body }) => JSON.parse(body) as { variables: unknown });
    expect(bodies[0]?.variables).toEqual({ first: 10 });
    expect(bodies[1]?.variables).toEqual({ first: 10, after: '2025-01-01T00:09:00.000Z/r0009' });
  });

  it('goes back by the lookback, writes times as the provider wants them, and one unit earlier for an exclusive filter', async () => {
    const streams = {
      seconds: { ...pagedStreams.none, incremental: { cursor_field: 'updated_at', format: 'unix_seconds', field_format: 'iso8601', lookback_seconds: 3_600 } },
      exclusive: { ...pagedStreams.none, incremental: { cursor_field: 'updated_at', format: 'iso8601_seconds', inclusive: false, start: '2020-01-01T00:00:00Z' } },
      until: { ...pagedStreams.none, request: { path: '/none', query: { from: '{{cursor.since}}', to: '{{cursor.until}}' } }, incremental: { cursor_field: 'updated_at', format: 'date', field_format: 'iso8601' } },
    };
    api.rows = [{ id: 'a', updated_at: '2025-01-01T00:00:01.500Z' }];
    const read = async (stream: string, state: StreamState | null) => {
      let last: StreamState | null = state;
      for await (const page of readStream({ egress: server.egress, connector: acme({}, streams), inputs: {}, settings: { acme_url: server.origin }, stream, state, credential: async () => key() })) {
        last = page.state;
      }
      return last;
    };
    for (const stream of Object.keys(streams)) await read(stream, await read(stream, null));
    const today = new Date().toISOString().slice(0, 10);
    expect(server.received.map(({ target }) => decodeURIComponent(target))).toEqual([
      '/api/none',
      `/api/none?since=${Date.UTC(2025, 0, 1) / 1_000 + 1 - 3_600}`,
      '/api/none?since=2019-12-31T23:59:59Z',
      '/api/none?since=2025-01-01T00:00:00Z',
      `/api/none?to=${today}`,
      `/api/none?from=2025-01-01&to=${today}`,
    ]);
  });

  it('filters itself where the provider cannot, and stops a newest-first stream at what is known', async () => {
    const newestFirst = { ...pagedStreams.page_counted, incremental: { cursor_field: 'updated_at', format: 'iso8601', mode: 'descending' }, request: { path: '/page', query: { size: '{{page.size}}', page: '{{page.number}}' } } };
    const clientSide = { ...pagedStreams.cursor, incremental: { cursor_field: 'updated_at', format: 'iso8601', mode: 'client_side' }, request: { path: '/cursor', query: { size: '{{page.size}}', cursor: '{{page.cursor}}' } } };
    const own = acme({}, { newest_first: newestFirst, client_side: clientSide });
    const read = async (stream: string, state: StreamState | null) => {
      const pages: ReadPage[] = [];
      for await (const page of readStream({ egress: server.egress, connector: own, inputs: {}, settings: { acme_url: server.origin }, stream, state, credential: async () => key() })) pages.push(page);
      return pages;
    };

    api.rows = makeRows(35);
    const all = await read('client_side', null);
    expect(keys(all)).toHaveLength(35);
    api.touch('r0001', '2025-02-01T00:00:00.000Z');
    expect(keys(await read('client_side', all.at(-1)!.state))).toEqual(['r0034', 'r0001']);

    const falling = makeRows(35).map((row, index) => ({ ...row, updated_at: new Date(Date.UTC(2025, 0, 2) - index * 60_000).toISOString() }));
    let served = falling;
    const descending = await startServer(({ query }) => {
      const page = Number(query.get('page'));
      return { body: { items: served.slice((page - 1) * 10, page * 10), total: served.length } };
    });
    const readDescending = async (state: StreamState | null) => {
      const pages: ReadPage[] = [];
      for await (const page of readStream({ egress: descending.egress, connector: own, inputs: {}, settings: { acme_url: descending.origin }, stream: 'newest_first', state, credential: async () => key() })) pages.push(page);
      return pages;
    };
    const first = await readDescending(null);
    expect(keys(first)).toHaveLength(35);
    served = [{ id: 'new', updated_at: '2025-02-01T00:00:00.000Z' }, ...falling];
    descending.received.length = 0;
    expect(keys(await readDescending(first.at(-1)!.state))).toEqual(['new', 'r0000']);
    expect(descending.received).toHaveLength(1);
    await descending.close();
  });

  it('refuses a state that is not one of its own, and a stream that does not exist', async () => {
    await expect(readAll('cursor', { v: 1, position: { url: 'https://evil.test' } } as unknown as StreamState)).rejects.toMatchObject({ name: 'ProviderError', kind: 'rejected' });
    await expect(readAll('constructor' as PagedStream)).rejects.toMatchObject({ kind: 'rejected', message: 'Acme has no stream "constructor"' });
    expect(server.received).toHaveLength(0);
  });
});
