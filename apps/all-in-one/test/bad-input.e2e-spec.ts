import { routes } from './authorization-routes.js';
import { createWorld, type World } from './authorization-world.js';
import type { Route } from './authorization-matrix.js';
import { startStack, type Stack } from './stack.js';

interface Try {
  readonly what: string;
  readonly init: RequestInit & { readonly headers?: Record<string, string> };
  readonly query?: string;
  readonly path?: (path: string) => string;
  /** Exactly this; without it: any refusal or success of the caller's doing. */
  readonly status?: number;
}

const json = { 'content-type': 'application/json' };
const secretMark = 'sk_do_not_repeat_this_9f2c';

/** What a careless or hostile caller sends in the place of a body. */
const bodies: readonly Try[] = [
  { what: 'not JSON', init: { headers: json, body: '{"a":' }, status: 400 },
  { what: 'JSON that is no object', init: { headers: json, body: '[]' } },
  { what: 'null', init: { headers: json, body: 'null' } },
  { what: 'a string', init: { headers: json, body: '"text"' } },
  { what: 'a number', init: { headers: json, body: '1e999' } },
  { what: 'an unknown member with a secret', init: { headers: json, body: JSON.stringify({ nobody_knows: secretMark }) } },
  { what: '__proto__', init: { headers: json, body: '{"__proto__":{"admin":true}}' }, status: 400 },
  { what: 'constructor.prototype', init: { headers: json, body: '{"constructor":{"prototype":{"admin":true}}}' } },
  { what: 'a NUL byte', init: { headers: json, body: '{"displayName":"a\\u0000b","name":"a\\u0000b","id":"\\u0000"}' }, status: 400 },
  { what: 'a lone surrogate', init: { headers: json, body: '{"displayName":"\\ud800","name":"\\ud800"}' }, status: 400 },
  { what: 'very deep JSON', init: { headers: json, body: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}` } },
  { what: 'too much', init: { headers: json, body: JSON.stringify({ displayName: 'x'.repeat(300_000) }) }, status: 413 },
  { what: 'another content type', init: { headers: { 'content-type': 'text/plain' }, body: '{}' }, status: 415 },
  { what: 'a form', init: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' }, status: 415 },
  { what: 'XML', init: { headers: { 'content-type': 'application/xml' }, body: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' }, status: 415 },
  { what: 'gzip that is none', init: { headers: { ...json, 'content-encoding': 'gzip' }, body: 'not gzip' } },
];
const queries: readonly Try[] = [
  ...['limit=0', 'limit=101', 'limit=-1', 'limit=abc', 'limit=1.5', 'limit=1e9', 'limit=', 'limit=1&limit=2', 'limit[]=1', 'cursor=', 'cursor=made.up', 'cursor=../../etc', 'unknown=1', '__proto__[a]=1', '%00=1', 'projectId=%00', "projectId='%20OR%201=1--", 'a=%ff%fe', `cursor=${'a'.repeat(2_000)}`].map(
    (query): Try => ({ what: `?${query.slice(0, 40)}`, init: {}, query: `?${query}` }),
  ),
];
const paths: readonly Try[] = ["'%20OR%201=1--", '..%2f..%2fetc%2fpasswd', '%00', '%', 'a'.repeat(500), '%F0%9F%92%A9', '__proto__', 'constructor'].map((id): Try => ({
  what: `id ${id.slice(0, 20)}`,
  init: {},
  path: (path) => path.replace(/\{\w+\}/, id),
}));

/** Whatever comes in: a refusal in our own words, nothing changed, nothing told. */
describe('bad input', () => {
  let stack: Stack;
  let world: World;
  let key: string;

  beforeAll(async () => {
    stack = await startStack({ records: 50, environment: { TRUNKLINE_REQUESTS_PER_SECOND: '0', TRUNKLINE_ANONYMOUS_REQUESTS_PER_SECOND: '0', TRUNKLINE_LOGIN_FAILURES_PER_ADDRESS: '1000', LOG_LEVEL: 'warn' } });
    world = await createWorld(stack);
    key = world.own.key;
  }, 120_000);
  afterAll(async () => {
    await stack?.close();
  }, 60_000);

  const send = async ({ method, path, query }: Route, attempt: Try, key: string) => {
    const named = (attempt.path ?? ((text: string) => text.replace(/\{(type|provider)\}/, 'sandbox_crm').replace(/\{\w+\}/, 'conn_00000000000000000000000000000000')))(path);
    const answer = await fetch(`${stack.url}${named}${attempt.query ?? query ?? ''}`, { method, redirect: 'manual', ...attempt.init, headers: { 'x-api-key': key, ...attempt.init.headers } });
    return { status: answer.status, text: await answer.text() };
  };
  const tellsTooMuch = (text: string) => text.includes(secretMark) || /\bat .{1,200}\.(js|ts):\d+|node_modules|\/work\/|SELECT |postgres|typeorm|\bnats\b/i.test(text);

  async function problemsOf(route: Route, attempts: readonly Try[], presented: string): Promise<string[]> {
    const found: string[] = [];
    for (const attempt of attempts) {
      const { status, text } = await send(route, attempt, presented);
      const inForm = status < 400 || (() => {
        const body = JSON.parse(text) as { statusCode?: number; code?: string; params?: { message?: string }; requestId?: string };
        return body.statusCode === status && typeof body.code === 'string' && typeof body.params?.message === 'string' && typeof body.requestId === 'string';
      })();
      const asWanted = attempt.status === undefined ? status < 500 : status === attempt.status;
      if (!asWanted || !inForm || tellsTooMuch(text)) found.push(`${route.method} ${route.path} · ${attempt.what}: ${status} ${text.slice(0, 200)}`);
    }
    return found;
  }

  const withBody = routes.filter(({ body }) => body !== undefined);
  // Who may do everything: a refusal of the caller would hide what becomes of the input.
  const keyFor = (route: Route) => (route.realm === 'installation' || route.realm === 'platform' || route.path.includes('oauth-apps') ? stack.adminKey : key);

  it.each(withBody.map((route) => [`${route.method} ${route.path}`, route] as const))('%s refuses what is no request', async (_, route) => {
    expect(await problemsOf(route, bodies, keyFor(route))).toEqual([]);
  });

  it('every member of every request refuses every wrong type', async () => {
    const wrong = [null, 1, -1, 1e308, true, '', ' ', 'x'.repeat(10_000), [], [[]], {}, { a: 1 }, '\u202e', "'; DROP TABLE registry.connection; --"];
    const problems: string[] = [];
    for (const route of withBody) {
      const valid = route.body!({ target: 'conn_00000000000000000000000000000000', other: 'conn_00000000000000000000000000000001', project: world.own.id, user: world.own.userId, unique: world.unique() }) as Record<string, unknown>;
      const attempts = Object.keys(valid).flatMap((member) => [
        ...wrong.map((value): Try => ({ what: `${member} = ${JSON.stringify(value)?.slice(0, 30)}`, init: { headers: json, body: JSON.stringify({ ...valid, [member]: value }) } })),
        { what: `without ${member}`, init: { headers: json, body: JSON.stringify({ ...valid, [member]: undefined }) } },
      ]);
      problems.push(...(await problemsOf(route, attempts, keyFor(route))));
    }
    expect(problems).toEqual([]);
  }, 240_000);

  it('every query and every id that is none', async () => {
    const problems: string[] = [];
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      problems.push(...(await problemsOf(route, queries, keyFor(route))));
      if (/\{\w+\}/.test(route.path)) problems.push(...(await problemsOf(route, paths, keyFor(route))));
    }
    for (const route of routes.filter(({ method, path }) => method !== 'GET' && /\{\w+\}/.test(path))) problems.push(...(await problemsOf(route, paths.map((attempt) => ({ ...attempt, init: { headers: json, body: '{}' } })), keyFor(route))));
    expect(problems).toEqual([]);
  }, 240_000);

  it.each(['/api/v1/app-connections', '/api/v1/global-connections', '/api/v1/flows', '/api/v1/users', '/api/v1/audit', '/api/v1/api-keys', '/api/v1/members', '/api/v1/projects'])('%s refuses limits out of range', async (path) => {
    for (const limit of ['0', '101', '-1', 'abc', '1.5', '']) {
      const answer = await fetch(`${stack.url}${path}?limit=${limit}`, { headers: { 'x-api-key': path.includes('users') ? stack.adminKey : key } });
      expect([limit, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([limit, 400, 'VALIDATION']);
    }
  });

  it('HEAD, OPTIONS, PUT, PATCH and TRACE never do anything', async () => {
    const before = await stack.database.query('SELECT (SELECT count(*) FROM registry.connection) AS connections, (SELECT count(*) FROM sync.run) AS runs, (SELECT count(*) FROM oauth."authorization") AS walks');
    const problems: string[] = [];
    for (const { path, method: served } of routes) {
      for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH']) {
        const answer = await fetch(`${stack.url}${path.replace(/\{\w+\}/, 'sandbox_crm')}`, { method, headers: { 'x-api-key': key }, redirect: 'manual' });
        if (answer.status < 400 || answer.status >= 500) problems.push(`${method} ${path} (${served}): ${answer.status}`);
      }
    }
    expect(problems).toEqual([]);
    expect(await stack.database.query('SELECT (SELECT count(*) FROM registry.connection) AS connections, (SELECT count(*) FROM sync.run) AS runs, (SELECT count(*) FROM oauth."authorization") AS walks')).toEqual(before);
  }, 120_000);

  it('leaves every service as well as it was, and no crash in any log', async () => {
    expect((await fetch(`${stack.url}/health/ready`)).status).toBe(200);
    const crashes = [...stack.processes.values()].flatMap((program) => program.output().split('\n')).filter((line) => line.includes('"level":"error"') || line.includes('"level":"fatal"'));
    expect(crashes).toEqual([]);
  });
});
