import { setTimeout as delay } from 'node:timers/promises';
import { createEgress } from '@trunkline/egress';
import { ProviderError, readStream } from '../src/index.js';
import type { ReadPage, ReadStreamOptions } from '../src/index.js';
import type { HttpState } from '../src/read/stream-state.js';
import { acme, bearer, key, stream } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Received, Reply } from './support/local-server.js';

const cursorStream = stream({
  request: { path: '/items', query: { cursor: '{{page.cursor}}' } },
  pagination: { type: 'cursor', next: { path: 'next' } },
});
const nextUrlStream = stream({ pagination: { type: 'next_url', next: 'next' } });
const linkStream = stream({ pagination: { type: 'link_header' } });

describe('trouble while reading a stream', () => {
  let answer: (request: Received, origin: string) => Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer((request, origin) => answer(request, origin))));
  afterAll(() => server.close());
  beforeEach(() => void (server.received.length = 0));

  const connector = acme({}, { items: cursorStream, next_url: nextUrlStream, link: linkStream });
  const open = (more: Partial<ReadStreamOptions> = {}) =>
    readStream({ egress: server.egress, connector, inputs: {}, settings: { acme_url: server.origin }, stream: 'items', state: null, credential: async () => key('s3cret-key'), ...more });
  const readAll = async (more: Partial<ReadStreamOptions> = {}) => {
    const pages: ReadPage[] = [];
    for await (const page of open(more)) pages.push(page);
    return pages;
  };
  /** The error reading ends with; fails the test if there is none, or if it tells a secret. */
  const failure = async (more: Partial<ReadStreamOptions> = {}): Promise<ProviderError> => {
    const error: unknown = await readAll(more).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ProviderError);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain('s3cret');
    return error as ProviderError;
  };
  const items = (...ids: unknown[]) => ids.map((id) => ({ id }));

  describe('classes of failure', () => {
    it.each<[string, Reply, Partial<ProviderError>, number]>([
      ['401', { status: 401, body: { error: 'key s3cret-key is wrong' } }, { kind: 'unauthorized', status: 401 }, 1],
      ['403', { status: 403, body: { error: 's3cret-key' } }, { kind: 'forbidden', status: 403 }, 1],
      ['404', { status: 404, body: {} }, { kind: 'rejected', status: 404 }, 1],
      ['a redirect, which is not followed', { status: 302, headers: { location: '/api/me' } }, { kind: 'rejected', status: 302 }, 1],
      ['429 for long', { status: 429, headers: { 'retry-after': '60' } }, { kind: 'rate_limited', status: 429, retryAfterMs: 60_000 }, 1],
      ['503 for long', { status: 503, headers: { 'retry-after': '7200' } }, { kind: 'unavailable', status: 503, retryAfterMs: 3_600_000 }, 1],
      ['500', { status: 500, body: {} }, { kind: 'unavailable', status: 500, retryAfterMs: null }, 3],
      ['408', { status: 408, body: {} }, { kind: 'unavailable', status: 408 }, 3],
      ['a cut connection', { reset: true }, { kind: 'unavailable', status: null }, 3],
      ['HTML with 200', { body: '<html>s3cret</html>' }, { kind: 'malformed', status: 200 }, 3],
      ['nothing with 200', { body: '' }, { kind: 'malformed', status: 200 }, 3],
      ['half of the JSON', { body: '{"items":[{"id":"s3cret"' }, { kind: 'malformed', status: 200 }, 3],
      ['JSON without the list', { body: { data: [] } }, { kind: 'malformed', message: 'the answer has no list of records at "items"' }, 1],
      ['something else as list', { body: { items: { id: 1 } } }, { kind: 'malformed' }, 1],
      ['something else as cursor', { body: { items: [], next: { page: 2 } } }, { kind: 'malformed' }, 1],
      ['a cursor too long to keep', { body: { items: [], next: 'x'.repeat(20_000) } }, { kind: 'malformed' }, 1],
    ])('%s', async (_, reply, expected, requests) => {
      answer = () => reply;
      expect(await failure()).toMatchObject(expected);
      expect(server.received).toHaveLength(requests);
    });

    it('an address the operator does not let out', async () => {
      const closed = createEgress({ allow: [] });
      expect(await failure({ egress: closed })).toMatchObject({ kind: 'rejected', status: null });
      await closed.close();
    });

    it('a page larger than allowed', async () => {
      answer = () => ({ body: { items: items('x'.repeat(5_000)) } });
      expect(await failure({ maxPageBytes: 1_000 })).toMatchObject({ kind: 'malformed', message: 'Acme answered more than can be taken in at once; ask for smaller pages' });
      expect(server.received).toHaveLength(1);
    });

    it('names the place, but neither query nor key', async () => {
      answer = () => ({ status: 400, body: {} });
      expect((await failure()).message).toBe('Acme rejected the request (400 to GET /api/items)');
    });
  });

  it('gets over short trouble by itself, within a page', async () => {
    const replies: Reply[] = [{ status: 500 }, { reset: true }, { body: { items: items(1), next: 'b' } }, { status: 429, headers: { 'retry-after': '1' } }, { body: { items: items(2) } }];
    answer = () => replies.shift()!;
    const begun = performance.now();
    const pages = await readAll();
    expect(pages.flatMap(({ records }) => records.map((record) => record.key))).toEqual(['1', '2']);
    expect(server.received.map(({ target }) => target)).toEqual(['/api/items', '/api/items', '/api/items', '/api/items?cursor=b', '/api/items?cursor=b']);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000);
  });

  describe('a token that is not accepted', () => {
    const rejecting = (bad: string) => (request: Received): Reply => (request.headers.authorization === `Bearer ${bad}` ? { status: 401, body: {} } : { body: { items: items(1) } });

    it('is tried again once if it has been renewed meanwhile', async () => {
      answer = rejecting('old');
      const tokens = [bearer('old'), bearer('new')];
      expect(await readAll({ credential: async () => tokens.shift() ?? bearer('new') })).toHaveLength(1);
      expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    });

    it('is not tried again if it is the same', async () => {
      answer = rejecting('old');
      expect(await failure({ credential: async () => bearer('old') })).toMatchObject({ kind: 'unauthorized', status: 401 });
      expect(server.received).toHaveLength(1);
    });

    it('is not tried for ever if every renewed one is refused', async () => {
      answer = () => ({ status: 401 });
      let turn = 0;
      expect(await failure({ credential: async () => bearer(`token-${(turn += 1)}`) })).toMatchObject({ kind: 'unauthorized' });
      expect(server.received).toHaveLength(2);
    });
  });

  describe('pages that lead in circles', () => {
    it('are found at once when a page names itself', async () => {
      answer = () => ({ body: { items: items(1), next: 'same' } });
      expect(await failure()).toMatchObject({ kind: 'looping', message: 'the stream items leads back to a page that was already read' });
      expect(server.received).toHaveLength(2);
    });

    it.each([2, 3, 7])('are found within a few rounds of %i, even if every page is read by another process', async (length) => {
      answer = ({ query }) => ({ body: { items: items(1), next: String((Number(query.get('cursor') ?? 0) + 1) % length) } });
      let state: ReadPage['state'] | null = null;
      const readOne = async () => {
        const reader = open({ state });
        const page = (await reader.next()).value as ReadPage;
        await reader.return();
        state = JSON.parse(JSON.stringify(page.state)) as ReadPage['state'];
      };
      await expect(
        (async () => {
          for (let page = 0; page <= 3 * length + 1; page += 1) await readOne();
        })(),
      ).rejects.toMatchObject({ kind: 'looping' });
    });

    it('are cut off when they never end', async () => {
      answer = ({ query }) => ({ body: { items: items(1), next: String(Number(query.get('cursor') ?? 0) + 1) } });
      expect(await failure({ maxPages: 20 })).toMatchObject({ kind: 'looping', message: 'the stream items has more than 20 pages' });
      expect(server.received).toHaveLength(20);
    });
  });

  describe('the address of the next page', () => {
    let other: LocalServer;
    beforeAll(async () => (other = await startServer(() => ({ body: { items: [] } }))));
    afterAll(() => other.close());

    it.each<[string, string, (origin: string) => Reply]>([
      ['of another port', 'next_url', () => ({ body: { items: items(1), next: `${other.origin}/api/items` } })],
      ['of another host', 'next_url', () => ({ body: { items: items(1), next: 'https://evil.test/api/items' } })],
      ['without a scheme', 'next_url', () => ({ body: { items: items(1), next: `//${other.origin.slice(7)}/api/items` } })],
      ['hidden behind the right one', 'next_url', (origin) => ({ body: { items: items(1), next: `${origin}@evil.test/` } })],
      ['of another scheme', 'next_url', (origin) => ({ body: { items: items(1), next: origin.replace('http:', 'https:') } })],
      ['that is no address', 'next_url', () => ({ body: { items: items(1), next: 'http://[' } })],
      ['with user info', 'next_url', (origin) => ({ body: { items: items(1), next: origin.replace('//', '//me:pw@') } })],
      ['in a Link header', 'link', () => ({ body: { items: items(1) }, headers: { link: `<${other.origin}/x>; rel=next` } })],
    ])('%s is refused, and the key does not go there', async (_, name, reply) => {
      answer = (_request, origin) => reply(origin);
      expect(await failure({ stream: name })).toMatchObject({ kind: 'malformed' });
      expect(other.received).toHaveLength(0);
      expect(server.received).toHaveLength(1);
    });

    it('is refused when a kept state was tampered with', async () => {
      answer = (_request, origin) => ({ body: { items: items(1), next: `${origin}/api/items?page=2` } });
      const reader = open({ stream: 'next_url' });
      const { state } = (await reader.next()).value as ReadPage;
      await reader.return();
      const text = JSON.stringify(state).replace(server.origin, other.origin);
      expect(await failure({ stream: 'next_url', state: JSON.parse(text) as ReadPage['state'] })).toMatchObject({ kind: 'rejected' });
      expect(other.received).toHaveLength(0);
    });

    it('is kept without the key that providers echo in it, and asked with it', async () => {
      const byQuery = acme({ auth: { SECRET_TEXT: { query: { api_key: '{{credential.secret_text}}' } } } }, { items: nextUrlStream });
      answer = ({ query }, origin) => ({ body: { items: items(1), next: query.has('page') ? null : `${origin}/api/items?page=2&api_key=s3cret-key#top` } });
      const pages = await readAll({ connector: byQuery });
      expect(JSON.stringify(pages)).not.toContain('s3cret');
      expect((pages[0]?.state as HttpState).position).toEqual({ url: `${server.origin}/api/items?page=2` });
      expect(server.received.map(({ target }) => target)).toEqual(['/api/items?api_key=s3cret-key', '/api/items?page=2&api_key=s3cret-key']);
    });
  });

  describe('records that are broken', () => {
    it('are put aside with place and reason, the others go on', async () => {
      const body = { items: [{ id: 'a' }, 'text', null, { name: 'no id' }, { id: '' }, { id: { nested: 1 } }, [1], { id: 'x'.repeat(2_000) }, { id: 'a\u0000b' }, { id: 0 }, { id: 'b' }] };
      answer = () => ({ body });
      const [page] = await readAll();
      expect(page?.records.map((record) => record.key)).toEqual(['a', '0', 'b']);
      expect(page?.quarantined).toEqual([
        { index: 1, reason: 'is not an object' },
        { index: 2, reason: 'is not an object' },
        { index: 3, reason: 'has no "id"' },
        { index: 4, reason: 'has no "id"' },
        { index: 5, reason: '"id" is not a plain value' },
        { index: 6, reason: 'is not an object' },
        { index: 7, reason: 'its key is longer than 1024 characters' },
        { index: 8, reason: '"id" contains characters a key cannot hold' },
      ]);
    });

    it('do not bring down the stream by names from Object.prototype', async () => {
      answer = () => ({ body: '{"items":[{"id":"a","__proto__":{"polluted":true}},{"constructor":1}]}' });
      const [page] = await readAll();
      expect(page?.records.map((record) => record.key)).toEqual(['a']);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(page?.quarantined).toEqual([{ index: 1, reason: 'has no "id"' }]);
    });
  });

  it('keeps big integers, in keys, data and cursors', async () => {
    const body = (id: string, next: string) => `{"items":[{"id":${id},"parent":{"ids":[9007199254740993,-9007199254740993,12]},"text":"9007199254740993"}],"next":${next}}`;
    answer = ({ query }) => ({ body: query.has('cursor') ? body('9007199254740995', 'null') : body('9007199254740993', '12345678901234567891') });
    const pages = await readAll();
    expect(pages.flatMap(({ records }) => records)).toEqual([
      { op: 'upsert', key: '9007199254740993', data: { id: '9007199254740993', parent: { ids: ['9007199254740993', '-9007199254740993', 12] }, text: '9007199254740993' } },
      { op: 'upsert', key: '9007199254740995', data: { id: '9007199254740995', parent: { ids: ['9007199254740993', '-9007199254740993', 12] }, text: '9007199254740993' } },
    ]);
    expect(server.received[1]?.target).toBe('/api/items?cursor=12345678901234567891');
  });

  it('judges answers by the connector\'s own rules first', async () => {
    const ruled = acme(
      { error_handler: [{ body: { path: 'code', equals: 'slow' }, action: 'rate_limited', wait: { path: 'wait', format: 'seconds' } }, { status: [418], action: 'forbidden' }] },
      { items: { ...cursorStream, error_handler: [{ status: [404], action: 'ignore' }, { status: [200], body: { path: 'ok', equals: false }, action: 'refresh_token' }] } },
    );
    const outcome = async (reply: Reply) => {
      answer = () => reply;
      return failure({ connector: ruled });
    };
    expect(await outcome({ body: { code: 'slow', wait: 30 } })).toMatchObject({ kind: 'rate_limited', retryAfterMs: 30_000 });
    expect(await outcome({ status: 418 })).toMatchObject({ kind: 'forbidden' });
    expect(await outcome({ body: { ok: false } })).toMatchObject({ kind: 'unauthorized' });
    answer = () => ({ status: 404 });
    expect(await readAll({ connector: ruled })).toMatchObject([{ records: [], done: true }]);
  });

  it('takes a GraphQL answer with errors for an error, data or not', async () => {
    const graphql = acme({}, { items: stream({ request: { method: 'POST', path: '/graphql', body: { graphql: { query: '{ items { id } }' } } }, record_selector: { path: 'data.items' } }) });
    const outcome = async (errors: unknown) => {
      answer = () => ({ body: { data: { items: items(1) }, errors } });
      return failure({ connector: graphql });
    };
    expect(await outcome([{ message: 's3cret' }])).toMatchObject({ kind: 'rejected', status: 200 });
    expect(await outcome([{ extensions: { code: 'UNAUTHENTICATED' } }])).toMatchObject({ kind: 'unauthorized' });
    expect(await outcome([{ extensions: { code: 'FORBIDDEN' } }])).toMatchObject({ kind: 'forbidden' });
    expect(await outcome([{ extensions: { code: 'THROTTLED' } }])).toMatchObject({ kind: 'rate_limited' });
    answer = () => ({ body: { data: { items: items(1) }, errors: [] } });
    expect(await readAll({ connector: graphql })).toHaveLength(1);
  });

  describe('giving up', () => {
    it('ends a request under way with the signal\'s reason', async () => {
      const never = new Promise(() => undefined);
      answer = () => ({ after: never });
      const controller = new AbortController();
      const reading = readAll({ signal: controller.signal });
      while (server.received.length === 0) await delay(1);
      controller.abort(new Error('slice is over'));
      await expect(reading).rejects.toThrow('slice is over');
    });

    it('ends a wait before another try', async () => {
      answer = () => ({ status: 429, headers: { 'retry-after': '5' } });
      const controller = new AbortController();
      const begun = performance.now();
      const reading = readAll({ signal: controller.signal });
      while (server.received.length === 0) await delay(1);
      await delay(20);
      controller.abort(new Error('slice is over'));
      await expect(reading).rejects.toThrow('slice is over');
      expect(performance.now() - begun).toBeLessThan(2_000);
    });

    it('asks nothing when it is over before it begins', async () => {
      await expect(readAll({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
      expect(server.received).toHaveLength(0);
    });
  });

  describe('prefetch', () => {
    const numbered = ({ query }: Received): Reply => {
      const page = Number(query.get('cursor') ?? 0);
      return { body: { items: items(page), next: page < 4 ? String(page + 1) : null } };
    };

    it('fetches the next page while this one is worked on, and no more than that', async () => {
      answer = numbered;
      const reader = open({ prefetch: true });
      await reader.next();
      while (server.received.length < 2) await delay(1);
      await delay(30);
      expect(server.received).toHaveLength(2);
      await reader.next();
      while (server.received.length < 3) await delay(1);
      await reader.return();
    });

    it('without it, fetches only what is asked for', async () => {
      answer = numbered;
      const reader = open();
      await reader.next();
      await delay(30);
      expect(server.received).toHaveLength(1);
      await reader.return();
    });

    it('hands out the good page before it tells of the failure of the next', async () => {
      answer = ({ query }) => (query.has('cursor') ? { status: 403 } : { body: { items: items(1), next: 'b' } });
      const reader = open({ prefetch: true });
      expect((await reader.next()).value).toMatchObject({ records: [{ key: '1' }], done: false });
      await delay(30);
      await expect(reader.next()).rejects.toMatchObject({ kind: 'forbidden' });
    });

    it('drops what it fetched ahead when nobody wants it', async () => {
      const never = new Promise(() => undefined);
      answer = ({ query }) => (query.has('cursor') ? { after: never } : { body: { items: items(1), next: 'b' } });
      const reader = open({ prefetch: true });
      await reader.next();
      while (server.received.length < 2) await delay(1);
      await reader.return();
      // Long before the request's own deadline of 20 s.
      expect(await Promise.race([server.received[1]?.abandoned.then(() => 'dropped'), delay(5_000, 'kept', { ref: false })])).toBe('dropped');
    });
  });
});
