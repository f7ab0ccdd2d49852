import { CatalogError } from '../load/catalog-error.js';
import { parseConnector } from '../load/parse-connector.js';
import { fitsPattern, groupOf } from '../schema/pattern.js';

type Fields = Record<string, unknown>;

const connector = {
  id: 'acme',
  name: 'Acme',
  category: 'crm',
  base_url: 'https://api.acme.test',
  allowed_origins: ['https://api.acme.test'],
  auth: { SECRET_TEXT: { headers: { 'X-Key': '{{credential.secret_text}}' } } },
  verification: { request: { path: '/me' } },
  rate_limit: { posture: 'Friendly.' },
  latency: 'None.',
};
const database = {
  ...connector,
  base_url: 'postgres://db.acme.test:5432',
  allowed_origins: ['postgres://db.acme.test:5432'],
  auth: { BASIC_AUTH: {} },
  verification: { protocol: 'sql', host: 'db.acme.test', port: '5432', database: 'x' },
};
const plain = { title: 'Items', request: { path: '/items' }, record_selector: { path: 'items' }, primary_key: ['id'], pagination: { type: 'none' } };
const slices = { type: 'datetime', format: 'date', step_seconds: 86_400, start_days_ago: 10 };
const sliced = { ...plain, request: { path: '/items', query: { from: '{{slice.start}}' } }, slices };
const child = { ...plain, request: { path: '/items/{{parent.id}}' }, parent: { stream: 'above', key_path: 'id', as: 'id' } };
const xml = (template: string) => ({ ...plain, answer: 'xml', request: { method: 'POST', path: '/soap', body: { xml: { template } } } });

function problemsOf(streams: Record<string, Fields>, definition: Fields = connector): readonly string[] {
  try {
    const texts = Object.entries(streams).map(([name, fields]) => [name, { name: `acme/streams/${name}.yaml`, text: JSON.stringify(fields, null, 1) }] as const);
    parseConnector({ id: 'acme', definition: { name: 'acme/connector.yaml', text: JSON.stringify(definition, null, 1) }, streams: new Map(texts) });
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.problems;
    throw error;
  }
}

it('takes windows, parents, shapes, XML and tables', () => {
  expect(problemsOf({ items: sliced, above: plain, below: child, soap: xml('<a b="{{inputs.x}}">{{inputs.x}}</a>') }, { ...connector, inputs: [{ name: 'x', title: 'X' }] })).toEqual([]);
  expect(problemsOf({ rows: { title: 'Rows', protocol: 'postgres', table: 'rows' } }, database)).toEqual([]);
  expect(problemsOf({}, { ...database, streams: 'discovered' })).toEqual([]);
});

it.each<[string, Record<string, Fields>, Fields, string]>([
  ['windows and a cursor', { items: { ...sliced, incremental: { cursor_field: 'at', format: 'date', mode: 'client_side' } } }, connector, 'stand in place of "incremental"'],
  ['windows nobody asks for', { items: { ...plain, slices } }, connector, 'need {{slice.start}}'],
  ['windows without a beginning', { items: { ...sliced, slices: { ...slices, start_days_ago: undefined } } }, connector, 'needs either "start" or "start_days_ago"'],
  ['windows of half a day in days', { items: { ...sliced, slices: { ...slices, step_seconds: 43_200 } } }, connector, 'must be a whole number of 86400 seconds'],
  ['windows of ids', { items: { ...sliced, slices: { ...slices, format: 'integer' } } }, connector, 'must be a time'],
  ['an id to go on by that is not asked for', { items: { ...sliced, slices: { ...slices, cap: { max: 10, id_field: 'id' } } } }, connector, 'needs {{slice.after_id}}'],
  ['a window\'s word without windows', { items: { ...plain, add_fields: { day: '{{slice.start}}' } } }, connector, '{{slice.start}} has no value without "slices"'],
  ['a parent that is not there', { below: child }, connector, 'there is no stream "above"'],
  ['a parent that is its own', { above: { ...child, parent: { ...child.parent, stream: 'above' } } }, connector, 'leads back to itself'],
  ['a parent nobody asks for', { above: plain, below: { ...child, request: { path: '/items' } } }, connector, 'every parent gives the same'],
  ['another name of the parent', { above: plain, below: { ...child, request: { path: '/items/{{parent.other}}' } } }, connector, '"parent" gives id'],
  ['a parent\'s value inside a query text', { above: plain, below: { ...child, request: { path: '/items/{{parent.id}}', query: { q: "id = '{{parent.id}}'" } } } }, connector, 'must stand alone'],
  ['changed parents of a stream that knows no change', { above: plain, below: { ...child, parent: { ...child.parent, incremental: true } } }, connector, 'has neither "incremental" nor "slices"'],
  ['ids as cursor below a parent', { above: plain, below: { ...child, incremental: { cursor_field: 'id', format: 'integer', mode: 'client_side' } } }, connector, 'must be a time'],
  ['deletions of windows', { items: { ...sliced, deletion: { mode: 'key_set' } } }, connector, 'cannot be concluded'],
  ['deletions of files', { files: { title: 'F', protocol: 'sftp', deletion: { mode: 'key_set' } } }, connector, 'is read by http'],
  ['an unknown protocol', { items: { ...plain, protocol: 'ftp' } }, connector, 'protocol must be http, sftp, postgres or mysql'],
  ['a variable in a tag', { items: xml('<a {{settings.x}}="1"/>') }, connector, 'a variable can only stand'],
  ['CDATA', { items: xml('<a><![CDATA[{{settings.x}}]]></a>') }, connector, 'must not hold comments, CDATA or a DTD'],
  ['a tag that is not closed', { items: xml('<a') }, connector, 'is not closed'],
  ['a literal that is encoded anyhow', { items: { ...plain, request: { path: '/items', query_keep: '&' } } }, connector, 'may hold'],
  ['a table of an HTTP API', { rows: { title: 'R', protocol: 'mysql', table: 'r' } }, connector, 'is read by http'],
  ['a table of the other database', { rows: { title: 'R', protocol: 'mysql', table: 'r' } }, database, 'is read by postgres'],
  ['a request to a database', { items: plain }, database, 'is read by postgres'],
  ['files of what is discovered', { rows: { title: 'R', protocol: 'postgres', table: 'r' } }, { ...database, streams: 'discovered' }, 'has no stream files'],
  ['discovery at an HTTP API', {}, { ...connector, streams: 'discovered' }, 'only the tables of a database'],
  ['an API key for a database', {}, { ...database, auth: connector.auth }, 'cannot be used with a database'],
  ['a database elsewhere', {}, { ...database, verification: { ...database.verification, host: 'evil.test' } }, 'must begin with one of allowed_origins'],
  ['a pattern no RE2 takes', {}, { ...connector, inputs: [{ name: 'x', title: 'X', pattern: '^(?=a)a$' }] }, 'no look-around'],
  ['a budget that is told nowhere', {}, { ...connector, rate_limit: { posture: 'x', headers: { limit: 'X-Limit' } } }, 'needs either "remaining" or "used_of"'],
])('refuses %s, with file and line', (_what, streams, definition, message) => {
  const problems = problemsOf(streams, definition);
  expect(problems.join('\n')).toContain(message);
  expect(problems.every((problem) => /^acme\/(?:connector|streams\/\w+)\.yaml:\d+: /.test(problem))).toBe(true);
});

it('names the line of what is wrong', () => {
  const text = 'title: Items\nrequest:\n  path: /items\n  query:\n    from: "{{slice.start}}"\nrecord_selector:\n  path: items\nprimary_key: [id]\npagination:\n  type: none\nslices:\n  type: datetime\n  format: date\n  step_seconds: 7\n  start_days_ago: 3\n';
  try {
    parseConnector({ id: 'acme', definition: { name: 'acme/connector.yaml', text: JSON.stringify(connector) }, streams: new Map([['items', { name: 'acme/streams/items.yaml', text }]]) });
    throw new Error('was taken');
  } catch (error) {
    expect((error as CatalogError).problems).toEqual(['acme/streams/items.yaml:14: slices.step_seconds: must be a whole number of 86400 seconds with the format date']);
  }
});

it('patterns fit whole values, and take no time to speak of', () => {
  expect([fitsPattern('^a|b$', 'ax'), fitsPattern('^[a-z]+$', 'abc'), fitsPattern('^[a-z]+$', 'abc\n')]).toEqual([false, true, false]);
  expect([groupOf('^accounts/([0-9]+)$', 'accounts/12'), groupOf('^accounts/([0-9]+)$', 'x')]).toEqual(['12', undefined]);
  const begun = performance.now();
  expect(fitsPattern('^(a+)+$', `${'a'.repeat(2_000)}b`)).toBe(false);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
