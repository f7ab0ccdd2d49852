import { acme, stream } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Received, Reply } from './support/local-server.js';
import { afterJson, keysOf, readAll, readInterrupted } from './support/read-all.js';

const day = 86_400_000;

interface Hit {
  id: number;
  at: number;
}

/** A search like HubSpot's: hits in a window behind an id, sorted by id, and never more than the cap of them. */
function search(hits: () => Hit[], cap: number) {
  return ({ body }: Received): Reply => {
    const { from, to, after, offset = 0, size } = JSON.parse(body) as { from: number; to: number; after: string; offset?: string; size: number };
    const found = hits().filter((hit) => hit.at >= from && hit.at < to && hit.id > Number(after)).sort((left, right) => left.id - right.id);
    const end = Number(offset) + size;
    if (end > cap) return { status: 400, body: {} };
    return { body: { total: found.length, items: found.slice(Number(offset), end), ...(end < found.length && { next: String(end) }) } };
  };
}

const searchStream = (more: Record<string, unknown> = {}, slices: Record<string, unknown> = {}) =>
  stream({
    request: { method: 'POST', path: '/search', body: { json: { from: '{{slice.start}}', to: '{{slice.end}}', after: '{{slice.after_id}}', offset: '{{page.cursor}}', size: '{{page.size}}' } } },
    pagination: { type: 'cursor', page_size: 10, next: { path: 'next' } },
    slices: { type: 'datetime', format: 'unix_milliseconds', step_seconds: 10 * 86_400, start_days_ago: 30, lookback_seconds: 60, cap: { max: 40, total: 'total', id_field: 'id' }, ...slices },
    ...more,
  });

describe('windows', () => {
  let answer: (request: Received) => Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer((request) => answer(request))));
  afterAll(() => server.close());
  beforeEach(() => void (server.received.length = 0));

  it('of a report follow each other without gap, write their ends as the provider wants them, and go back by the lookback', async () => {
    const connector = acme({}, {
      items: stream({
        request: { path: '/report', query: { from: '{{slice.start}}', to: '{{slice.end}}', range: '(start:(year:{{slice.start_year}},month:{{slice.start_month}},day:{{slice.start_day}}))' }, query_keep: '(:,)' },
        slices: { type: 'datetime', format: 'date', step_seconds: 7 * 86_400, start_days_ago: 15, end: 'inclusive', lookback_seconds: 3 * 86_400 },
        primary_key: ['day'],
        add_fields: { day: '{{slice.start}}' },
      }),
    });
    answer = () => ({ body: { items: [{}] } });
    const pages = await readInterrupted(server, { connector, stream: 'items' });
    const asked = server.received.map(({ query }) => [query.get('from'), query.get('to')]);
    const today = Math.floor(Date.now() / day) * day;
    const date = (daysAgo: number) => new Date(today - daysAgo * day).toISOString().slice(0, 10);
    expect(asked).toEqual([[date(15), date(9)], [date(8), date(2)], [date(1), date(0)]]);
    expect(keysOf(pages)).toEqual([date(15), date(8), date(1)]);
    expect(pages.every(({ full, complete }) => !full && !complete)).toBe(true);
    const [year, month, dayOfMonth] = date(15).split('-').map(Number);
    expect(server.received[0]?.target).toContain(`range=(start:(year:${year},month:${month},day:${dayOfMonth}))`);

    server.received.length = 0;
    await readAll(server, { connector, stream: 'items', state: afterJson(pages.at(-1)!.state) });
    expect(server.received.map(({ query }) => [query.get('from'), query.get('to')])).toEqual([[date(3), date(0)]]);
  });

  it('with more hits than the provider gives are halved, and the smallest is read by id', async () => {
    const now = Date.now();
    // 150 in one millisecond: no window separates them. 200 over the other days.
    const hits: Hit[] = [
      ...Array.from({ length: 200 }, (_, index) => ({ id: index + 1, at: now - 29 * day + Math.floor((index * 28 * day) / 200) })),
      ...Array.from({ length: 150 }, (_, index) => ({ id: 1_000 + index, at: now - 5 * day })),
    ];
    answer = search(() => hits, 40);
    const connector = acme({}, { items: searchStream() });
    for (const read of [readAll, readInterrupted]) {
      const keys = keysOf(await read(server, { connector, stream: 'items' }));
      expect(new Set(keys)).toEqual(new Set(hits.map(({ id }) => String(id))));
    }
  });

  it('are never left out without a word: too full and no id to go on by is an error', async () => {
    const at = Date.now() - 5 * day;
    answer = search(() => Array.from({ length: 41 }, (_, index) => ({ id: index + 1, at })), 1_000);
    const own = searchStream({ request: { method: 'POST', path: '/search', body: { json: { from: '{{slice.start}}', to: '{{slice.end}}', after: '0', offset: '{{page.cursor}}', size: '{{page.size}}' } } } }, { cap: { max: 40, total: 'total' } });
    await expect(readAll(server, { connector: acme({}, { items: own }), stream: 'items' })).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining('more than the 40 records') as string });
  });

  it('without a count of hits are halved as soon as so many came', async () => {
    const now = Date.now();
    const hits = Array.from({ length: 120 }, (_, index) => ({ id: index + 1, at: now - 20 * day + index * 60_000 }));
    answer = search(() => hits, 40);
    const keys = keysOf(await readAll(server, { connector: acme({}, { items: searchStream({}, { cap: { max: 40, id_field: 'id' } }) }), stream: 'items' }));
    expect(new Set(keys).size).toBe(120);
  });

  it('that are not sorted by the id they go on by are refused', async () => {
    answer = () => ({ body: { total: 100, items: [{ id: 5 }, { id: 3 }] } });
    await expect(readAll(server, { connector: acme({}, { items: searchStream({}, { step_seconds: 1, start_days_ago: 1, start: undefined }) }), stream: 'items' })).rejects.toMatchObject({ kind: 'malformed', message: expect.stringContaining('not sorted by "id"') as string });
  });

  it('of the next pass begin where this one ended, so what came meanwhile is in them', async () => {
    let hits: Hit[] = [{ id: 1, at: Date.now() - 3 * day }];
    answer = search(() => hits, 40);
    const connector = acme({}, { items: searchStream() });
    const first = await readAll(server, { connector, stream: 'items' });
    hits = [...hits, { id: 2, at: Date.now() }];
    server.received.length = 0;
    expect(keysOf(await readAll(server, { connector, stream: 'items', state: afterJson(first.at(-1)!.state) }))).toEqual(['2']);
    expect(server.received).toHaveLength(1);
  });
});
