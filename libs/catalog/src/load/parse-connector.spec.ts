import { CatalogError } from './catalog-error.js';
import { parseConnector } from './parse-connector.js';

const definition = `id: acme
name: Acme
category: crm
inputs:
  - name: shop
    title: Shop
    pattern: ^[a-z]+$
  - name: note
    title: Note
    required: false
base_url: https://{{inputs.shop}}.acme.test/api
allowed_origins:
  - https://{{inputs.shop}}.acme.test
headers:
  Acme-Version: '1'
auth:
  OAUTH2:
    authorize_url: https://{{inputs.shop}}.acme.test/authorize
    token_url: https://{{inputs.shop}}.acme.test/token
    pkce: supported
    client_authentication: client_secret_post
    headers:
      Authorization: Bearer {{credential.access_token}}
  SECRET_TEXT:
    headers:
      X-Key: '{{credential.secret_text}}'
verification:
  request:
    path: /me
rate_limit:
  posture: Friendly.
latency: Seconds.
`;
const stream = `title: Items
request:
  path: /items
  query:
    limit: '{{page.size}}'
    after: '{{page.cursor}}'
    since: '{{cursor.since}}'
record_selector:
  path: items
primary_key: [id]
pagination:
  type: cursor
  page_size: 50
  next:
    path: next
incremental:
  cursor_field: updated_at
  format: iso8601
`;

const parse = (connectorText: string, streamText: string | null, streamName = 'items') =>
  parseConnector({
    id: 'acme',
    definition: { name: 'acme/connector.yaml', text: connectorText },
    streams: new Map(streamText === null ? [] : [[streamName, { name: `acme/streams/${streamName}.yaml`, text: streamText }]]),
  });

function problemsOf(connectorText: string, streamText: string | null, streamName?: string): readonly string[] {
  try {
    parse(connectorText, streamText, streamName);
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.problems;
    throw error;
  }
}

/** Replaces what must be there, so that a case cannot pass by changing nothing. */
function edited(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

const post = (body: string) => `request:\n  method: POST\n  path: /items\n${body}`;
const graphql = (query: string) => `request:
  method: POST
  path: /items
  body:
    graphql:
      query: '${query}'
      variables: { first: '{{page.size}}', after: '{{page.cursor}}', since: '{{cursor.since}}' }
`;
const query = stream.slice(stream.indexOf('request:'), stream.indexOf('record_selector:'));

describe('a connector that is right', () => {
  it('is read with its defaults and camelCase names', () => {
    const connector = parse(definition, stream);
    expect(connector.auth.OAUTH2).toMatchObject({ scopeSeparator: ' ', refresh: { supported: true, rotates: false }, tokenRequest: { format: 'form' } });
    expect(connector.auth.OAUTH2?.tokenResponse.expiresIn).toEqual(['expires_in']);
    expect(connector.streams.get('items')).toMatchObject({ name: 'items', primaryKey: [['id']], incremental: { mode: 'filter', inclusive: true, lookbackSeconds: 0 } });
    expect(Object.keys(connector.auth)).toEqual(['OAUTH2', 'SECRET_TEXT']);
  });
});

describe('connector.yaml that is wrong is refused with file, line and reason', () => {
  it.each<[string, string, string, string]>([
    ['a field the schema does not know', 'latency: Seconds.', 'latency: Seconds.\ncolour: red', 'acme/connector.yaml:33: colour: is not a field of the schema'],
    ['an unknown field deep inside', '    pkce: supported', '    pkce: supported\n    pkcs: 1', 'acme/connector.yaml:21: auth.OAUTH2.pkcs: is not a field of the schema'],
    ['a missing field, where its object begins', 'name: Acme\n', '', 'acme/connector.yaml:1: name: Invalid input'],
    ['a missing field deep inside', '    pkce: supported\n', '', 'acme/connector.yaml:17: auth.OAUTH2.pkce'],
    ['a wrong value', 'category: crm', 'category: shoes', 'acme/connector.yaml:3: category: Invalid option'],
    ['a field given twice', 'name: Acme', 'name: Acme\nname: Other', 'acme/connector.yaml:3: Map keys must be unique'],
    ['broken YAML', 'category: crm', 'category: crm: x', 'acme/connector.yaml:3: Nested mappings are not allowed'],
    ['an id that is not the folder', 'id: acme', 'id: acne', 'acme/connector.yaml:1: id: must be "acme"'],
    ['a "__proto__" header', "Acme-Version: '1'", "__proto__: '1'\n  X: '{{inputs.nope}}'", 'acme/connector.yaml:16: headers.X: {{inputs.nope}} is not declared'],

    ['text between braces that is no variable', "Acme-Version: '1'", "Acme-Version: '{{ 1 + 1 }}'", 'acme/connector.yaml:15: headers.Acme-Version: {{ 1 + 1 }} is not a variable'],
    ['a variable of no known space', "Acme-Version: '1'", "Acme-Version: '{{env.home}}'", '{{env.home}} names the unknown "env"'],
    ['a variable of an inherited name', "Acme-Version: '1'", "Acme-Version: '{{constructor.name}}'", '{{constructor.name}} names the unknown "constructor"'],
    ['braces that are not closed', "Acme-Version: '1'", "Acme-Version: '{{inputs.shop'", '"{{" is not closed'],
    ['an input that is not declared', 'path: /me', 'path: /me/{{inputs.who}}', 'acme/connector.yaml:29: verification.request.path: {{inputs.who}} is not declared'],
    ['a setting the connector does not depend on', 'path: /me', 'path: /me/{{settings.host}}', '{{settings.host}} can only be used with "available_when: host"'],
    ['a credential outside of auth', "Acme-Version: '1'", "Acme-Version: '{{credential.access_token}}'", '{{credential.access_token}} cannot be used here'],
    ['a credential in the path', 'path: /me', 'path: /me/{{credential.access_token}}', '{{credential.access_token}} cannot be used here'],
    ['a page variable in the verification', 'path: /me', "path: /me\n    query: { p: '{{page.size}}' }", '{{page.size}} cannot be used here'],
    ['a credential part of another method', "X-Key: '{{credential.secret_text}}'", "X-Key: '{{credential.access_token}}'", 'acme/connector.yaml:26: auth.SECRET_TEXT.headers.X-Key: {{credential.access_token}} is unknown; SECRET_TEXT has secret_text'],
    ['a method that sends the credential nowhere', "X-Key: '{{credential.secret_text}}'", "X-Key: 'constant'", 'auth.SECRET_TEXT: says nowhere where the credential goes'],
    ['a custom field that is not declared', '  SECRET_TEXT:\n    headers:', "  CUSTOM_AUTH:\n    fields: [{ name: one, title: One }]\n    headers: { X-One: '{{credential.two}}' }\n  SECRET_TEXT:\n    headers:", '{{credential.two}} is unknown; CUSTOM_AUTH has one'],
    ['no way to connect', definition.slice(definition.indexOf('auth:'), definition.indexOf('verification:')), 'auth: {}\n', 'auth: needs at least one way to connect'],

    ...['Host', 'Content-Length', 'content-type', 'Transfer-Encoding', 'Connection', 'Proxy-Authorization', 'Upgrade', 'Expect', 'TE', 'Trailer'].map(
      (name): [string, string, string, string] => [`the header ${name}`, 'Acme-Version:', `${name}:`, `headers.${name}: this header is set by the transport`],
    ),
    ['a name that is no header name', 'Acme-Version:', '"Acme Version":', 'is not a header name'],
    ['a line break in a header', "Acme-Version: '1'", 'Acme-Version: "1\\r\\nX-Evil: 1"', 'a header value must not contain line breaks'],
    ['NUL in a header', "Acme-Version: '1'", 'Acme-Version: "1\\0"', 'a header value must not contain line breaks, NUL'],
    ['a header beyond Latin-1', "Acme-Version: '1'", "Acme-Version: 'ł'", 'a header value must not contain'],

    ['http', 'base_url: https://', 'base_url: http://', 'acme/connector.yaml:11: base_url: must begin with https://'],
    ['user info in a URL', 'base_url: https://', 'base_url: https://user:pass@', 'base_url: must not contain user info'],
    ['a fragment in a URL', 'acme.test/api', 'acme.test/api#x', 'must not contain user info or a fragment'],
    ['a URL that is none', 'base_url: https://{{inputs.shop}}.acme.test/api', 'base_url: https://', 'base_url: is not a URL'],
    ['dots in a URL path', 'acme.test/api', 'acme.test/api/../admin', 'a path must not contain "." or ".."'],
    ['a base outside of the allowed origins', 'base_url: https://{{inputs.shop}}.acme.test/api', 'base_url: https://api.acme.test', 'base_url: must begin with one of allowed_origins'],
    ['a base whose host only begins like an allowed one', 'base_url: https://{{inputs.shop}}.acme.test/api', 'base_url: https://{{inputs.shop}}.acme.test.evil.test/api', 'must begin with one of allowed_origins'],
    ['an origin with a path', '  - https://{{inputs.shop}}.acme.test\n', '  - https://{{inputs.shop}}.acme.test/x\n', 'an origin has no path'],
    ['an input without pattern that chooses the host', '    pattern: ^[a-z]+$\n', '', 'base_url: {{inputs.shop}} chooses the host, so the input needs a pattern'],
    ['an input that is a whole origin, without pattern', 'token_url: https://{{inputs.shop}}.acme.test/token', "token_url: '{{inputs.note}}/token'", '{{inputs.note}} stands in a URL, so the input must be required'],
    ['an optional input in a URL', 'path: /me', 'path: /me/{{inputs.note}}', '{{inputs.note}} stands in a URL, so the input must be required'],
    ['a pattern that is not anchored', 'pattern: ^[a-z]+$', 'pattern: "[a-z]+"', 'acme/connector.yaml:7: inputs.0.pattern: must be anchored'],
    ['a pattern that is no expression', 'pattern: ^[a-z]+$', 'pattern: ^[a-z+$', 'inputs.0.pattern: is not a regular expression'],
    ['two inputs of one name', 'name: note', 'name: shop', '"shop" is declared twice'],
    ['an input nobody fills', '    required: false', '    required: false\n    filled_by: token_response', 'inputs.1.filled_by: needs auth.OAUTH2.capture.token_response.note'],
    ['a capture that fills nothing', '    pkce: supported', '    pkce: supported\n    capture: { callback: { note: realm } }', 'auth.OAUTH2.capture.callback.note: fills no input'],

    ['OAuth without a consent page', '    authorize_url: https://{{inputs.shop}}.acme.test/authorize\n', '', 'authorization_code needs "authorize_url"'],
    ['a parameter the walk sets itself', '    pkce: supported', '    pkce: supported\n    authorize_params: { state: fixed }', '"state" is set by the walk itself'],
    ['a scope with a space', '    pkce: supported', '    pkce: supported\n    scopes: ["a b"]', 'is not a scope'],
    ['a request with both path and url', 'path: /me', 'path: /me\n    url: https://{{inputs.shop}}.acme.test/me', 'needs either "path" or "url"'],
    ['a body with GET', 'path: /me', 'path: /me\n    body: { json: {} }', 'a GET request has no body'],
    ['a rule that applies to nothing', 'latency: Seconds.', 'latency: Seconds.\nerror_handler: [{ action: retry }]', 'needs "status", "body" or both'],
    ['a condition with no question', '  request:\n    path: /me', '  checks: [{ path: ok }]\n  request:\n    path: /me', 'needs either "equals" or "exists"'],
    ['aliases that multiply', 'name: Acme', 'name: &a Acme\nx: [*a]', 'acme/connector.yaml:3: aliases (*a) are not used here'],
  ])('%s', (_, from, to, expected) => {
    const problems = problemsOf(edited(definition, from, to), null);
    expect(problems.join('\n')).toContain(expected);
    expect(problems.every((problem) => /^acme\/connector\.yaml:\d+: /.test(problem))).toBe(true);
  });
});

describe('a stream that is wrong is refused with file, line and reason', () => {
  it.each<[string, string, string, string]>([
    ['an unknown field', 'title: Items', 'title: Items\ncolour: red', 'acme/streams/items.yaml:2: colour: is not a field of the schema'],
    ['an unknown kind of pagination', 'type: cursor', 'type: carousel', 'acme/streams/items.yaml:12: pagination.type'],
    ['a field of another kind of pagination', 'type: cursor', 'type: cursor\n  start: 1', 'acme/streams/items.yaml:13: pagination.start: is not a field'],
    ['a path with a dot too many', 'path: items', 'path: items..x', 'a path must not have an empty part'],
    ['a wildcard where one value is meant', 'cursor_field: updated_at', 'cursor_field: a.*.b', '"*" is only possible where records are selected'],
    ['an empty path where one value is meant', 'cursor_field: updated_at', "cursor_field: ''", 'a path must name something'],
    ['no primary key', 'primary_key: [id]', 'primary_key: []', 'acme/streams/items.yaml:10: primary_key'],

    ['a path that does not begin with a slash', 'path: /items', 'path: items', 'acme/streams/items.yaml:3: request.path: must begin with "/"'],
    ['a path that begins with two', 'path: /items', 'path: //evil.test/items', 'must begin with a single "/"'],
    ['a query in the path', 'path: /items', 'path: /items?x=1', 'put the query under "query"'],
    ['a backslash in the path', 'path: /items', 'path: /\\items', 'a path must not contain "\\"'],
    ['dot segments in the path', 'path: /items', 'path: /items/../admin', 'a path must not contain "." or ".." segments'],
    ['encoded dot segments in the path', 'path: /items', 'path: /items/%2E%2e/admin', 'a path must not contain "." or ".." segments'],
    ['a cursor in the path', 'path: /items', 'path: /items/{{page.cursor}}', '{{page.cursor}} cannot be used here'],
    ['a URL outside of the allowed origins', 'path: /items', 'url: https://elsewhere.test/items', 'request.url: must begin with one of allowed_origins'],
    ['an undeclared input', "limit: '{{page.size}}'", "limit: '{{inputs.max}}'", 'acme/streams/items.yaml:5: request.query.limit: {{inputs.max}} is not declared'],
    ['a credential in the query', "limit: '{{page.size}}'", "limit: '{{credential.secret_text}}'", '{{credential.secret_text}} cannot be used here'],
    ['an unknown page variable', "limit: '{{page.size}}'", "limit: '{{page.token}}'", '{{page.token}} is unknown; "page" has size, cursor, number, offset'],

    ['paging by a cursor that is never sent', "    after: '{{page.cursor}}'\n", '', 'pagination "cursor" needs {{page.cursor}}'],
    ['paging by a number that is never sent', '  type: cursor\n  page_size: 50\n  next:\n    path: next', '  type: page\n  page_size: 50', 'pagination "page" needs {{page.number}}'],
    ['a page variable of another kind', '  type: cursor\n  page_size: 50\n  next:\n    path: next', '  type: link_header\n  page_size: 50', '{{page.cursor}} has no value with pagination "link_header"'],
    ['a page size nobody gives', '  page_size: 50\n', '', '{{page.size}} is used, so "page_size" must be given'],
    ['two places for the next cursor', '    path: next', '    path: next\n    header: X-Next', 'needs exactly one of "path", "header" and "last_record"'],
    ['Relay paging without GraphQL', '  type: cursor\n  page_size: 50\n  next:\n    path: next', '  type: graphql_cursor\n  page_size: 50\n  page_info: p', 'graphql_cursor needs a request with a "graphql" body'],

    ['a filter that is never sent', "    since: '{{cursor.since}}'\n", '', 'acme/streams/items.yaml:15: incremental.mode: filter needs {{cursor.since}}'],
    ['a cursor without incremental', 'incremental:\n  cursor_field: updated_at\n  format: iso8601\n', '', '{{cursor.…}} has no value without "incremental"'],
    ['a lookback for no time', 'format: iso8601', 'format: integer\n  lookback_seconds: 5', 'needs a format that is a time'],
    ['formats that cannot be compared', 'format: iso8601', 'format: iso8601\n  field_format: string', 'cannot be compared with the format iso8601'],
    ['an exclusive filter on text', 'format: iso8601', 'format: string\n  inclusive: false', 'a string cursor has no unit to go back by'],
    ['a start that is no time', 'format: iso8601', 'format: unix_seconds\n  start: yesterday', 'must be a moment such as 2015-01-01T00:00:00Z'],
    ['a start of the wrong kind', 'format: iso8601', 'format: integer\n  start: "2015"', 'must be a whole number'],
    ['an order without a filter', 'format: iso8601', 'format: iso8601\n  mode: client_side\n  order: ascending', 'is only of use with mode filter'],

    ['what the provider sends inside a longer text', "after: '{{page.cursor}}'", "after: 'after={{page.cursor}}'", '{{page.cursor}} comes from the provider and must stand alone'],
    ['a text cursor inside a longer text', "since: '{{cursor.since}}'\nrecord", "since: 'id > {{cursor.since}}'\nrecord", '{{cursor.since}} of format string comes from the provider'],
    ['an input without pattern inside a longer text', "limit: '{{page.size}}'", "limit: 'name = {{inputs.note}}'", '{{inputs.note}} needs a pattern to stand inside a longer text'],
    ['the same in a JSON body', query, post("  query: { l: '{{page.size}}', a: '{{page.cursor}}', s: '{{cursor.since}}' }\n  body:\n    json:\n      where:\n        - 'x = {{inputs.note}}'\n"), 'acme/streams/items.yaml:9: request.body.json.where.0: {{inputs.note}} needs a pattern'],

    ['a variable in a GraphQL document', query, graphql('query { items(first: {{page.size}}) { id } }'), 'a GraphQL document takes values only as variables'],
    ['a GraphQL mutation', query, graphql('mutation { drop { id } }'), 'a mutation is not a read'],
    ['a mutation behind a query', query, graphql('query a { x } mutation b { y }'), 'a mutation is not a read'],
    ['two GraphQL operations', query, graphql('query a { x } query b { y }'), 'must hold exactly one operation, it holds 2'],
    ['only a fragment', query, graphql('fragment f on Item { id }'), 'must hold exactly one operation, it holds 0'],
    ['a GraphQL document that is not closed', query, graphql('query { items { id }'), 'is not GraphQL (line 1 of it): Expected Name, found <EOF>.'],
    ['a GraphQL document with a fragment that is not there', query, graphql('query { items { ...gone } }'), 'has no fragment "gone"'],
    ['a GraphQL fragment in a circle', query, graphql('query { items { ...a } } fragment a on Item { parent { ...a } }'), 'has the fragment "a" inside of itself'],
    ['a GraphQL variable that is used and not declared', query, graphql('query { items(first: $many) { id } }'), 'uses $many, which it does not declare'],
    ['a GraphQL variable that is required and not given', query, graphql('query ($many: Int!, $more: Int! = 1, $less: Int) { items(first: $many, more: $more, less: $less) { id } }'), 'lacks "many", which the query requires'],
    ['a GraphQL variable that nobody asks for', query, graphql('query ($first: Int) { items(first: $first) { id } }'), 'variables.after: is not declared by the query'],
    ['a GraphQL type definition', query, graphql('query { items { id } } type Item { id: ID }'), 'holds one operation and fragments'],
    ['a GraphQL document that nests too deep', query, graphql(`query ${'{ a '.repeat(16)}${'}'.repeat(16)}`), 'is nested deeper than 15 levels'],
    ['two bodies', query, post("  query: { l: '{{page.size}}', a: '{{page.cursor}}', s: '{{cursor.since}}' }\n  body:\n    json: {}\n    form: {}\n"), 'needs exactly one of "json", "form", "xml" and "graphql"'],
  ])('%s', (_, from, to, expected) => {
    const text = edited(stream, from, to);
    const problems = problemsOf(definition, expected.includes('of format string') ? text.replace('format: iso8601', 'format: string') : text);
    expect(problems.join('\n')).toContain(expected);
    expect(problems.every((problem) => /^acme\/streams\/items\.yaml:\d+: /.test(problem))).toBe(true);
  });

  it('by its name too', () => {
    expect(problemsOf(definition, stream, 'Items-List').join('\n')).toContain('"Items-List" cannot be a stream\'s name');
  });
});

it('names every problem of all files at once', () => {
  const problems = problemsOf(edited(definition, 'category: crm', 'category: shoes'), edited(stream, 'title: Items', 'title: 7'));
  expect(problems.some((problem) => problem.startsWith('acme/connector.yaml:3:'))).toBe(true);
  expect(problems.some((problem) => problem.startsWith('acme/streams/items.yaml:1:'))).toBe(true);
});
