import { API_KEY, bearer, call, control, crm } from '../../test/support/api.js';
import { CLIENT, connect } from '../../test/support/walk.js';
import type { RunningSandbox } from '../start-sandbox.js';
import { startSandbox } from '../start-sandbox.js';

const COUNTS = { contacts: 513, companies: 207, deals: 301, activities: 400 };

interface Row {
  id: string;
  updated_at: string;
  deleted: boolean;
}

let sandbox: RunningSandbox;
let url: string;
beforeEach(async () => {
  sandbox = await startSandbox({ clients: [CLIENT], records: COUNTS });
  url = sandbox.url;
});
afterEach(() => sandbox.close());

/** Each reader follows its stream's own way of paging to the end and returns the pages. */
const readers = {
  async contacts(query = 'limit=100'): Promise<Row[][]> {
    const pages: Row[][] = [];
    for (let after: string | undefined, more = true; more; ) {
      const { status, body } = await crm(url, `contacts?${query}${after === undefined ? '' : `&cursor=${after}`}`);
      expect(status).toBe(200);
      pages.push(body.results);
      more = body.paging !== undefined;
      after = body.paging?.next.after;
    }
    return pages;
  },
  async companies(query = 'per_page=100'): Promise<Row[][]> {
    const pages: Row[][] = [];
    for (let page = 1, last = 1; page <= last; page += 1) {
      const { body } = await crm(url, `companies?${query}&page=${page}`);
      expect(body.page).toBe(page);
      pages.push(body.data);
      last = body.total_pages;
      if (page === last) expect(body.total).toBe(pages.flat().length);
    }
    return pages;
  },
  async deals(query = 'per_page=100'): Promise<Row[][]> {
    const pages: Row[][] = [];
    for (let next: string | undefined = `${url}/crm/v1/deals?${query}`; next !== undefined; ) {
      const { body, headers } = await call(url, next, { headers: API_KEY });
      expect(Array.isArray(body)).toBe(true);
      pages.push(body);
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    return pages;
  },
  async activities(query = 'limit=100'): Promise<Row[][]> {
    const pages: Row[][] = [];
    for (let next: string | null = `${url}/crm/v1/activities?${query}`; next !== null; ) {
      const { body } = await call(url, next, { headers: API_KEY });
      pages.push(body.items);
      next = body.next;
    }
    return pages;
  },
};
const STREAMS = Object.keys(readers) as (keyof typeof readers)[];
const SIZE = { contacts: 'limit', companies: 'per_page', deals: 'per_page', activities: 'limit' };

const order = (row: Row) => `${row.updated_at} ${row.id}`;
function expectSortedOnce(rows: Row[], count: number) {
  expect(rows).toHaveLength(count);
  expect(new Set(rows.map((row) => row.id)).size).toBe(count);
  expect(rows.map(order)).toEqual(rows.map(order).sort());
}

describe.each(STREAMS)('%s', (stream) => {
  it('reads to the end: every live record once, in order, by pages of the size asked for', async () => {
    for (const size of [7, 100, 200]) {
      const pages = await readers[stream](`${SIZE[stream]}=${size}`);
      expectSortedOnce(pages.flat(), COUNTS[stream]);
      expect(pages.slice(0, -1).every((page) => page.length === size)).toBe(true);
      expect(pages.flat().every((row) => row.deleted === false)).toBe(true);
    }
  });

  it('reads nothing twice when the last page is exactly full', async () => {
    const half = COUNTS[stream] % 2 === 0 ? COUNTS[stream] / 2 : null;
    const size = half ?? Math.round(COUNTS[stream] / 3);
    if (size > 200) return;
    const pages = await readers[stream](`${SIZE[stream]}=${size}`);
    expectSortedOnce(pages.flat(), COUNTS[stream]);
    expect(pages.at(-1)?.length).toBeGreaterThan(0);
  });

  it('reads from a time on inclusively, all that share it, with tombstones', async () => {
    const everything = (await readers[stream]('include_deleted=true')).flat();
    expectSortedOnce(everything, COUNTS[stream] + Math.floor(COUNTS[stream] / 100));
    const times = everything.map((row) => row.updated_at);
    const shared = times.find((time, index) => index > 50 && times.filter((other) => other === time).length >= 7) as string;
    expect(shared).toBeDefined();
    const expected = everything.filter((row) => row.updated_at >= shared).map((row) => row.id);
    for (const size of [3, 100]) {
      const rows = (await readers[stream](`${SIZE[stream]}=${size}&updated_since=${shared}`)).flat();
      expect(rows.map((row) => row.id)).toEqual(expected);
    }
    const tombstones = everything.filter((row) => row.deleted);
    expect(tombstones).toHaveLength(Math.floor(COUNTS[stream] / 100));
    for (const tombstone of tombstones) expect(Object.keys(tombstone).sort()).toEqual(['deleted', 'id', 'updated_at']);
    const justAfter = new Date(Date.parse(shared) + 1).toISOString();
    const later = (await readers[stream](`updated_since=${justAfter}`)).flat();
    expect(later.map((row) => row.id)).toEqual(everything.filter((row) => row.updated_at > shared).map((row) => row.id));
  });

  it('shows a change, an addition and a deletion to whoever reads on from the last time seen', async () => {
    const before = (await readers[stream]()).flat();
    const seen = (before.at(-1) as Row).updated_at;
    const [changed, removed] = before as [Row, Row];
    const patch = await crm(url, `${stream}/${changed.id}`, { method: 'PATCH', json: { nickname: 'né ☃', id: 'other', deleted: true } });
    expect(patch).toMatchObject({ status: 200, body: { id: changed.id, nickname: 'né ☃', deleted: false } });
    const created = await crm(url, stream, { method: 'POST', json: { name: 'New' } });
    expect(created.status).toBe(201);
    expect((await call(url, created.headers.get('location') as string, { headers: API_KEY })).body).toEqual(created.body);
    expect((await crm(url, `${stream}/${removed.id}`, { method: 'DELETE' })).status).toBe(204);

    const since = (await readers[stream](`updated_since=${seen}`)).flat().filter((row) => row.updated_at > seen);
    expect(since.map((row) => [row.id, row.deleted])).toEqual([[changed.id, false], [created.body.id, false], [removed.id, true]]);
    const after = (await readers[stream]()).flat();
    expectSortedOnce(after, COUNTS[stream]);
    expect(after.some((row) => row.id === removed.id)).toBe(false);
    expect((await crm(url, `${stream}/${removed.id}`)).status).toBe(404);
    expect((await crm(url, `${stream}/${removed.id}`, { method: 'PATCH', json: {} })).status).toBe(404);
    expect((await crm(url, `${stream}/${removed.id}`, { method: 'DELETE' })).status).toBe(404);
  });

  it('refuses sizes and times it cannot serve', async () => {
    for (const query of [`${SIZE[stream]}=0`, `${SIZE[stream]}=201`, `${SIZE[stream]}=ten`, 'updated_since=yesterday', 'include_deleted=maybe']) {
      const answer = await crm(url, `${stream}?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    }
  });

  it('gets more records on demand', async () => {
    const answer = await control(url, 'POST', `records/${stream}/generate`, { count: 57 });
    expect(answer).toMatchObject({ status: 201, body: { count: 57 } });
    const rows = (await readers[stream]()).flat();
    expectSortedOnce(rows, COUNTS[stream] + 57);
    expect(rows.at(-57)?.id).toBe(answer.body.first);
    expect(rows.at(-1)?.id).toBe(answer.body.last);
    expect(rows.at(-57)?.updated_at).toBe(rows.at(-53)?.updated_at); // made in runs that share a timestamp
  });
});

it('keeps a cursor good while records change under it', async () => {
  const ids = new Set<string>();
  const original = (await readers.contacts()).flat().map((row) => row.id);
  for (let after: string | undefined, more = true, page = 0; more; page += 1) {
    const { body } = await crm(url, `contacts?limit=50${after === undefined ? '' : `&cursor=${after}`}`);
    for (const row of body.results as Row[]) ids.add(row.id);
    more = body.paging !== undefined;
    after = body.paging?.next.after;
    if (page < 8) {
      // One that was read already, and one that was not, both behind the reader's back.
      await crm(url, `contacts/${original[page * 50]}`, { method: 'PATCH', json: { touched: page } });
      await crm(url, `contacts/${original[page * 50 + 60]}`, { method: 'PATCH', json: { touched: page } });
      await crm(url, 'contacts', { method: 'POST', json: { first_name: 'Neu' } });
    }
  }
  expect(original.filter((id) => !ids.has(id))).toEqual([]);
  expect(ids.size).toBe(original.length + 8);
});

it('does not take cursors that it did not make', async () => {
  for (const cursor of ['x', 'AAAA', Buffer.from('1|2|con_00000001').toString('base64url')]) {
    expect((await crm(url, `contacts?cursor=${cursor}`)).status).toBe(400);
    expect((await crm(url, `activities?after=${cursor}`)).status).toBe(400);
  }
});

it('gives the same records to the same seed and others to another account', async () => {
  const other = await startSandbox({ records: COUNTS });
  const here = await crm(url, 'contacts?limit=200');
  expect((await crm(other.url, 'contacts?limit=200')).body.results).toEqual(here.body.results);
  await other.close();
  const globex = await connect(url, { account: 'acc_2' });
  const theirs = await call(url, '/crm/v1/contacts?limit=200', { headers: bearer(globex.access_token) });
  expect(theirs.body.results).toHaveLength(200);
  expect(theirs.body.results[0].account_id).toBe('acc_2');
  expect(theirs.body.results).not.toEqual(here.body.results);
  await call(url, `/crm/v1/contacts/${theirs.body.results[0].id}`, { method: 'DELETE', headers: bearer(globex.access_token) });
  expect((await crm(url, `contacts/${theirs.body.results[0].id}`)).status).toBe(200);
});

it('builds its links on publicUrl', async () => {
  // Reached at its own address, named by another: as behind a proxy.
  const { port } = new URL(url);
  await sandbox.close();
  sandbox = await startSandbox({ port: Number(port), publicUrl: 'https://crm.example', records: COUNTS });
  expect(sandbox.url).toBe('https://crm.example');
  const local = `http://127.0.0.1:${port}`;
  expect((await crm(local, 'activities')).body.next).toMatch(/^https:\/\/crm\.example\/crm\/v1\/activities\?/);
  const link = (await crm(local, 'deals?updated_since=2024-02-01')).headers.get('link');
  expect(link).toMatch(/^<https:\/\/crm\.example\/crm\/v1\/deals\?updated_since=2024-02-01&per_page=100&page=2>; rel="next"/);
  const metadata = await call(local, '/oauth/.well-known/openid-configuration', { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'crm.example' } });
  expect(metadata.body).toMatchObject({ issuer: 'https://crm.example/oauth', token_endpoint: 'https://crm.example/oauth/token' });
});

describe('credentials', () => {
  it('are wanted, and told apart', async () => {
    const none = await call(url, '/crm/v1/contacts');
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="trunkline-sandbox"');
    const bad = await call(url, '/crm/v1/contacts', { headers: bearer('nonsense') });
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await call(url, '/crm/v1/contacts', { headers: { 'x-api-key': 'wrong-key' } })).body.error.code).toBe('invalid_api_key');
    expect((await call(url, '/crm/v1/contacts', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
    expect((await crm(url, 'account')).body).toEqual({ id: 'acc_1', name: 'Acme GmbH', plan: 'enterprise' });
  });

  it('as API keys can be made, limited and revoked', async () => {
    const { key } = (await control(url, 'POST', 'api-keys', { account: 'acc_2', scopes: ['crm.read'] })).body as { key: string };
    const headers = { 'x-api-key': key };
    expect((await call(url, '/crm/v1/account', { headers })).body.id).toBe('acc_2');
    expect((await call(url, '/crm/v1/deals', { headers })).status).toBe(200);
    expect((await call(url, '/crm/v1/deals', { method: 'POST', json: {}, headers })).status).toBe(403);
    expect((await control(url, 'POST', 'revoke-api-key', { key })).status).toBe(200);
    expect((await call(url, '/crm/v1/deals', { headers })).status).toBe(401);
    expect((await control(url, 'POST', 'revoke-api-key', { key })).status).toBe(404);
    await control(url, 'POST', 'revoke-api-key', { key: 'sandbox-api-key' });
    expect((await crm(url, 'account')).status).toBe(401);
  });
});

it('limits the rate of each credential, and says when to come back', async () => {
  await control(url, 'PUT', 'settings', { rateLimit: { requests: 3, perSeconds: 1 } });
  const answers = [];
  for (let i = 0; i < 5; i += 1) answers.push(await crm(url, 'contacts?limit=1'));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429, 429]);
  expect(answers[3]?.headers.get('retry-after')).toBe('1');
  expect(answers[3]?.body.error.code).toBe('rate_limited');
  const { key } = (await control(url, 'POST', 'api-keys')).body as { key: string };
  expect((await call(url, '/crm/v1/contacts?limit=1', { headers: { 'x-api-key': key } })).status).toBe(200);
  let status = 429;
  for (const end = Date.now() + 5000; status === 429 && Date.now() < end; ) ({ status } = await crm(url, 'contacts?limit=1'));
  expect(status).toBe(200);
  await control(url, 'PUT', 'settings', { rateLimit: null });
  expect((await crm(url, 'contacts?limit=1')).headers.get('x-ratelimit-limit')).toBeNull();
});

it('answers what it does not know with JSON', async () => {
  expect(await crm(url, 'leads')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  expect((await crm(url, 'contacts', { method: 'POST', json: [1] })).status).toBe(400);
  expect((await crm(url, 'contacts/con_99999999')).status).toBe(404);
  expect((await call(url, '/health')).body).toEqual({ status: 'ok' });
});
