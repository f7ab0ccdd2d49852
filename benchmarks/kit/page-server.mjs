/**
 * A provider that answers at once: pages of 100 records of about 1 KB, serialised beforehand, in the shape of the sandbox's CRM.
 * The cursor is a row's number. `node page-server.mjs`, PORT, PAGES (per stream).
 */
import { createServer } from 'node:http';

const pages = Number(process.env.PAGES);
const perPage = 100;
const filler = 'lorem ipsum dolor sit amet '.repeat(8);

const rows = (start, count) =>
  Array.from({ length: count }, (_, index) => {
    const number = start + index;
    return {
      id: `rec_${number}`, first_name: 'Ada', last_name: `Byron ${number}`, email: `ada.${number}@example.com`, phone: '+44 20 7946 0958', job_title: 'Analyst', lifecycle_stage: 'customer',
      updated_at: new Date(firstChange + number).toISOString(), created_at: '2024-01-01T00:00:00.000Z', deleted: false, score: number % 100, opted_in: number % 2 === 0, currency: 'EUR',
      revenue: number * 1.25, owner: { id: `own_${number % 50}`, name: 'Charles Babbage', team: 'north' },
      address: { street: `${number % 200} St James's Square`, city: 'London', postcode: 'SW1Y 4LE', country: 'GB', position: { lat: 51.5072, lon: -0.1276 } },
      tags: ['priority', 'newsletter', `segment-${number % 12}`], consents: { email: true, phone: false, post: null }, source: { campaign: `spring-${number % 9}`, medium: 'email', first_touch: '2023-11-05T09:30:00.000Z' },
      notes: filler,
    };
  });
const serialise = (value) => Buffer.from(JSON.stringify(value));
const total = pages * perPage;
const firstChange = 1.7e12;
const origin = `http://127.0.0.1:${process.env.PORT}`;

/** How each stream wraps the rows from one place on; `again` is the address or cursor of what follows. */
const shapes = {
  contacts: (list, next) => ({ results: list, ...(next === null ? {} : { paging: { next: { after: String(next) } } }) }),
  companies: (list, next, page, left) => ({ data: list, page, per_page: perPage, total_pages: Math.ceil(left / perPage), total: left }),
  deals: (list) => list,
  activities: (list, next) => ({ items: list, next: next === null ? null : `${origin}/crm/v1/activities?cursor=${next}` }),
};

/** Serialised once, at the first request: the benchmark's first reading warms it up, so the server costs next to nothing afterwards. */
const made = new Map();
function pageOf(stream, start, page, left) {
  const key = `${stream} ${start} ${page}`;
  let body = made.get(key);
  if (body === undefined) {
    const list = rows(start, Math.max(0, Math.min(perPage, total - start)));
    made.set(key, (body = serialise(shapes[stream](list, start + perPage < total ? start + perPage : null, page, left))));
  }
  return body;
}

createServer((request, response) => {
  const url = new URL(request.url, origin);
  const stream = url.pathname.split('/').pop();
  const send = (body, headers = {}) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
    response.end(body);
  };
  if (stream === 'account') return send(serialise({ id: 'acc_1', name: 'Benchmark', plan: 'x' }));
  if (!(stream in shapes)) {
    response.writeHead(404);
    return response.end();
  }
  const since = url.searchParams.get('updated_since');
  const base = since === null ? 0 : Math.max(0, Date.parse(since) - firstChange);
  const page = Number(url.searchParams.get('page') ?? 1);
  const start = url.searchParams.has('cursor') ? Number(url.searchParams.get('cursor')) : base + (page - 1) * perPage;
  const more = stream === 'deals' && start + perPage < total;
  return send(pageOf(stream, start, page, total - base), more ? { link: `<${origin}/crm/v1/deals?page=${page + 1}${since === null ? '' : `&updated_since=${encodeURIComponent(since)}`}>; rel="next"` } : {});
}).listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => process.exit(0));
