import { createServer } from 'node:http';

export const streams = /** @type {const} */ (['contacts', 'companies', 'deals', 'activities']);
/** Small, so that harm meets a reading that has some pages behind it and some before it. */
const pageSize = 10;

/** @typedef {{ id: string, seq: number, updated_at: string, deleted: boolean, name: string }} Row */

/**
 * A platform in the sandbox's shape whose rows change between runs. Each change makes a row's `seq` greater, and what was handed out is
 * remembered: nothing else may ever arrive anywhere.
 * @param {{ rows: number, latencyMs: number }} size rows of each stream to begin with, and what each page takes
 */
export async function startSource({ rows: count, latencyMs }) {
  /** @type {Map<string, Map<string, Row>>} */
  const data = new Map(streams.map((stream) => [stream, new Map()]));
  /** @type {Set<string>} */
  const served = new Set();
  let clock = Date.parse('2026-01-01T00:00:00Z');
  let made = 0;

  const put = (/** @type {string} */ stream, /** @type {Row} */ row) => {
    clock += 1;
    /** @type {Map<string, Row>} */ (data.get(stream)).set(row.id, { ...row, seq: row.seq + 1, updated_at: new Date(clock).toISOString() });
  };
  const add = (/** @type {string} */ stream) => put(stream, { id: `${stream}_${(made += 1)}`, seq: 0, updated_at: '', deleted: false, name: `Nr ${made} – Ünï\u2028code "quoted" \\ back` });
  for (const stream of streams) for (let index = 0; index < count; index += 1) add(stream);

  /** Oldest change first; of equal moments (there are some) by id. */
  const listed = (/** @type {string} */ stream, /** @type {string | null} */ since) =>
    [.../** @type {Map<string, Row>} */ (data.get(stream)).values()]
      .filter((row) => since === null || row.updated_at >= since)
      .sort((a, b) => (a.updated_at === b.updated_at ? (a.id < b.id ? -1 : 1) : a.updated_at < b.updated_at ? -1 : 1));

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', address());
    const send = (/** @type {number} */ status, /** @type {unknown} */ body, /** @type {Record<string, string>} */ headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    if (request.headers['x-api-key'] !== apiKey) return send(401, { error: 'who are you' });
    const stream = url.pathname.split('/').pop() ?? '';
    if (stream === 'account') return send(200, { id: 'acc_1', name: 'Chaos' });
    if (!data.has(stream)) return send(404, {});
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    const since = url.searchParams.get('updated_since');
    const all = listed(stream, since);
    const place = url.searchParams.has('cursor') ? Number(url.searchParams.get('cursor')) : (Number(url.searchParams.get('page') ?? 1) - 1) * pageSize;
    const page = all.slice(place, place + pageSize);
    for (const { id, seq } of page) served.add(`${stream}/${id}/${seq}`);
    const next = place + pageSize < all.length ? place + pageSize : null;
    const query = since === null ? '' : `&updated_since=${encodeURIComponent(since)}`;
    switch (stream) {
      case 'contacts':
        return send(200, { results: page, ...(next === null ? {} : { paging: { next: { after: String(next) } } }) });
      case 'companies':
        return send(200, { data: page, total_pages: Math.max(1, Math.ceil(all.length / pageSize)) });
      case 'deals':
        return send(200, page, next === null ? {} : { link: `<${address()}/crm/v1/deals?page=${next / pageSize + 1}${query}>; rel="next"` });
      default:
        return send(200, { items: page, next: next === null ? null : `${address()}/crm/v1/activities?cursor=${next}${query}` });
    }
  });
  const apiKey = 'chaos-key';
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = () => `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;

  return {
    url: address(),
    apiKey,
    /** `stream/id/seq` of everything that was ever handed out. */
    served,
    /** What is there now, by `stream/id`. @returns {Map<string, Row>} */
    rows: () => new Map(streams.flatMap((stream) => [.../** @type {Map<string, Row>} */ (data.get(stream)).values()].map((row) => /** @type {[string, Row]} */ ([`${stream}/${row.id}`, row])))),
    /** Some rows are changed, made and deleted. @param {import('./random.mjs').Random} random */
    change: (random) => {
      for (const stream of streams) {
        const rows = [.../** @type {Map<string, Row>} */ (data.get(stream)).values()];
        for (let index = random.between(20, 150); index > 0; index -= 1) put(stream, random.pick(rows));
        for (let index = random.between(0, 60); index > 0; index -= 1) add(stream);
        for (let index = random.between(0, 15); index > 0; index -= 1) put(stream, { ...random.pick(rows), deleted: true });
      }
    },
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** @typedef {Awaited<ReturnType<typeof startSource>>} Source */
