import { acme, stream } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Received, Reply } from './support/local-server.js';
import { readAll } from './support/read-all.js';

describe('what becomes of records', () => {
  let answer: (request: Received) => Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer((request) => answer(request))));
  afterAll(() => server.close());
  beforeEach(() => void (server.received.length = 0));

  const read = async (fields: Record<string, unknown>, changes: Record<string, unknown> = {}) => readAll(server, { connector: acme(changes, { items: stream(fields) }), stream: 'items' });
  const dataOf = async (fields: Record<string, unknown>) => (await read(fields)).flatMap(({ records }) => records.map(({ data }) => data));

  it('GA4: headers and rows are zipped, cursors and limits go in the body', async () => {
    const all = Array.from({ length: 5 }, (_, index) => ({ dimensionValues: [{ value: `2026010${index}` }, { value: 'Direct' }], metricValues: [{ value: String(index) }] }));
    answer = ({ body }) => {
      const { offset, limit } = JSON.parse(body) as { offset: number; limit: number };
      return { body: { dimensionHeaders: [{ name: 'date' }, { name: 'channel' }], metricHeaders: [{ name: 'sessions', type: 'TYPE_INTEGER' }], rows: all.slice(offset, offset + limit), rowCount: 5 } };
    };
    const data = await dataOf({
      request: { method: 'POST', path: '/v1beta/properties/1:runReport', body: { json: { offset: '{{page.offset}}', limit: '{{page.size}}' } } },
      record_selector: { path: 'rows', when_missing: 'empty' },
      record_shape: { type: 'columns', columns: [{ names: 'dimensionHeaders.*.name', values: 'dimensionValues.*.value' }, { names: 'metricHeaders.*.name', values: 'metricValues.*.value' }] },
      primary_key: ['date', 'channel'],
      pagination: { type: 'offset', page_size: 2, total: 'rowCount' },
    });
    expect(data).toEqual(all.map((_, index) => ({ date: `2026010${index}`, channel: 'Direct', sessions: String(index) })));
    expect(server.received.map(({ body }) => (JSON.parse(body) as { offset: number }).offset)).toEqual([0, 2, 4]);
  });

  it('HogQL: rows that are lists', async () => {
    answer = () => ({ body: { columns: ['uuid', 'event'], results: [['a', 'x'], ['b']] } });
    const [page] = await read({ record_selector: { path: 'results' }, record_shape: { type: 'columns', columns: [{ names: 'columns', values: '' }] }, primary_key: ['uuid'] });
    expect(page!.records).toEqual([{ op: 'upsert', key: 'a', data: { uuid: 'a', event: 'x' } }]);
    expect(page!.quarantined).toEqual([{ index: 1, reason: 'has not as many values as there are columns' }]);
    expect(page!.complete).toBe(false);
  });

  it('TikTok: nested objects are lifted; two values of one name put the record aside', async () => {
    answer = () => ({ body: { items: [{ dimensions: { campaign_id: '1' }, metrics: { spend: '2.5' } }, { dimensions: { id: '1' }, metrics: { id: '2' } }] } });
    const [page] = await read({ record_shape: { type: 'flatten', lift: ['dimensions', 'metrics'] }, primary_key: ['campaign_id'] });
    expect(page!.records.map(({ data }) => data)).toEqual([{ campaign_id: '1', spend: '2.5' }]);
    expect(page!.quarantined).toEqual([{ index: 1, reason: 'has two values named "id"' }]);
  });

  it('flattened, filtered, and given members of the definition', async () => {
    answer = () => ({ body: '{"items":[{"id":1,"a":{"b":{"c":2},"list":[{"d":1}]},"__proto__":{"x":1}},{"id":2,"pull_request":{}}]}' });
    const [data] = await dataOf({ record_selector: { path: 'items', record_filter: [{ path: 'pull_request', exists: false }] }, record_shape: { type: 'flatten' }, add_fields: { source: 'acme', nested: { constant: 1 } } });
    expect(data).toEqual({ id: 1, a_b_c: 2, a_list: [{ d: 1 }], __proto___x: 1, source: 'acme', nested: { constant: 1 } } as unknown);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(await dataOf({ record_selector: { path: 'items', record_filter: [{ path: 'pull_request', exists: false }] } })).toHaveLength(1);
  });

  it('Google Ads searchStream: batches in an array', async () => {
    answer = () => ({ body: [{ results: [{ id: 1 }] }, { results: [{ id: 2 }, { id: 3 }] }] });
    expect(await dataOf({ record_selector: { path: '*.results.*' } })).toHaveLength(3);
  });

  it('whole numbers beyond 2^53 are cursors without losing a digit', async () => {
    const ids = ['9007199254740993', '9007199254740995', '10000000000000000001'];
    answer = ({ query }) => ({ body: `{"items":[${ids.filter((id) => BigInt(id) >= BigInt(query.get('from') ?? '0')).map((id) => `{"id":${id}}`).join(',')}]}` });
    const fields = { request: { path: '/items', query: { from: '{{cursor.since}}' } }, incremental: { cursor_field: 'id', format: 'big_integer' } };
    const connector = acme({}, { items: stream(fields) });
    const first = await readAll(server, { connector, stream: 'items' });
    await readAll(server, { connector, stream: 'items', state: first.at(-1)!.state });
    expect(server.received.at(-1)?.query.get('from')).toBe('10000000000000000001');
  });

  describe('SOAP', () => {
    const soap = {
      request: {
        method: 'POST',
        path: '/soap',
        headers: { SOAPAction: '"GetOrders"' },
        body: { xml: { template: '<?xml version="1.0"?><s:Envelope xmlns:s="x"><s:Body><Get since="{{cursor.since}}"><Page>{{page.cursor}}</Page></Get></s:Body></s:Envelope>' } },
      },
      answer: 'xml',
      record_selector: { path: 'Envelope.Body.Orders.Order', when_missing: 'empty' },
      primary_key: ['@id'],
      pagination: { type: 'cursor', next: { path: 'Envelope.Body.Orders.Next' } },
      incremental: { cursor_field: 'At', format: 'iso8601_seconds', start: '2020-01-01T00:00:00Z' },
    };
    const envelope = (inside: string) => `<?xml version="1.0"?>\n<e:Envelope xmlns:e="http://x"><e:Body>${inside}</e:Body></e:Envelope>`;
    const orders = (inside: string) => ({ headers: { 'content-type': 'text/xml' }, body: envelope(`<Orders>${inside}</Orders>`) });

    it('is asked in escaped XML and read by paths without prefixes; one element is a list of one', async () => {
      answer = ({ body }) => (body.includes('<Page></Page>') ? orders('<o:Order id="1"><At>2026-01-01T00:00:00Z</At><Name>A &amp; B &#233;</Name></o:Order><Next>&lt;next "&amp;"</Next>') : orders('<Order id="2"/><Order id="3">text</Order>'));
      const pages = await read(soap);
      expect(pages.flatMap(({ records }) => records)).toEqual([
        { op: 'upsert', key: '1', data: { '@id': '1', At: '2026-01-01T00:00:00Z', Name: 'A & B é' } },
        { op: 'upsert', key: '2', data: { '@id': '2' } },
        { op: 'upsert', key: '3', data: { '@id': '3', '#text': 'text' } },
      ]);
      expect(server.received[0]!.headers).toMatchObject({ 'content-type': 'text/xml; charset=utf-8', soapaction: '"GetOrders"' });
      expect(server.received[0]!.body).toContain('<Get since="2020-01-01T00:00:00Z"><Page></Page>');
      expect(server.received[1]!.body).toContain('<Page>&lt;next &quot;&amp;&quot;</Page>');
      answer = () => orders('');
      expect(await read(soap)).toMatchObject([{ records: [], done: true }]);
    });

    it.each<[string, Reply, string]>([
      ['the client\'s fault with 500', { status: 500, body: envelope('<Fault><faultcode>soap:Client</faultcode></Fault>') }, 'rejected'],
      ['the client\'s fault of SOAP 1.2', { status: 500, body: envelope('<Fault><Code><Value>s:Sender</Value></Code></Fault>') }, 'rejected'],
      ['the server\'s fault with 500', { status: 500, body: envelope('<Fault><faultcode>soap:Server</faultcode></Fault>') }, 'unavailable'],
      ['a fault beside 200', { body: envelope('<Fault><faultcode>soap:Server</faultcode></Fault>') }, 'unavailable'],
      ['an entity that unfolds', { body: `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${envelope('&b;').slice(22)}` }, 'malformed'],
      ['an entity that fetches', { body: `<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>` }, 'malformed'],
      ['elements nested without end', { body: '<a>'.repeat(5_000) + '</a>'.repeat(5_000) }, 'malformed'],
      ['half of the XML', { body: '<Envelope><Body>' }, 'malformed'],
      ['JSON', { body: { items: [] } }, 'malformed'],
    ])('ends with what it means: %s', async (_, reply, kind) => {
      answer = () => reply;
      await expect(read(soap)).rejects.toMatchObject({ kind });
    });

    it('asks the definition\'s rules about faults first', async () => {
      answer = () => ({ status: 500, body: envelope('<Fault><faultcode>soap:Client.Auth</faultcode></Fault>') });
      await expect(read({ ...soap, error_handler: [{ body: { path: 'Envelope.Body.Fault.faultcode', equals: 'soap:Client.Auth' }, action: 'refresh_token' }] })).rejects.toMatchObject({ kind: 'unauthorized' });
    });
  });
});
