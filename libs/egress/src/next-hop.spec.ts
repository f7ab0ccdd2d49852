import { classifyAddress } from './address-class.js';
import { parseAllowList } from './allow-list.js';
import { nextHop } from './next-hop.js';
import type { Hop } from './next-hop.js';
import { parseUrl, publicPorts } from './parse-url.js';

const rules = { allow: parseAllowList([]), ports: publicPorts, classify: classifyAddress };
const check = (url: string) => parseUrl(url, rules);
const hop = (over: Partial<Hop> = {}): Hop => ({
  url: check('https://api.example.com/v1/list?page=1'),
  method: 'GET',
  headers: {
    accept: 'application/json', authorization: 'Bearer s', cookie: 's=1', 'x-api-key': 's', 'x-shopify-access-token': 's', 'content-type': 'text/plain',
  },
  body: undefined,
  ...over,
});

it('is none without a redirect status or a location', () => {
  expect(nextHop(hop(), 200, 'https://api.example.com/x', 0, check)).toBeUndefined();
  expect(nextHop(hop(), 304, 'https://api.example.com/x', 0, check)).toBeUndefined();
  expect(nextHop(hop(), 302, undefined, 0, check)).toBeUndefined();
});

it('keeps everything within the origin', () => {
  const next = nextHop(hop(), 302, '../v2/list#x', 0, check);
  expect(next?.url.href).toBe('https://api.example.com/v2/list');
  expect(next?.headers).toEqual(hop().headers);
});

it('carries no credential to another origin, whatever its header is called', () => {
  for (const location of ['https://other.example.com/', 'https://api.example.com:8443/', '//other.example.com/']) {
    expect(nextHop(hop(), 302, location, 0, check)?.headers).toEqual({ accept: 'application/json' });
  }
});

it.each([
  [303, 'POST', 'GET', false], [303, 'DELETE', 'GET', false], [303, 'HEAD', 'HEAD', false],
  [301, 'POST', 'GET', false], [302, 'POST', 'GET', false], [301, 'PUT', 'PUT', true], [307, 'POST', 'POST', true], [308, 'POST', 'POST', true],
])('%i turns %s into %s', (status, method, expected, keepsBody) => {
  const body = method === 'HEAD' || method === 'DELETE' ? undefined : 'code=1';
  const next = nextHop(hop({ method, body }), status, '/next', 0, check);
  expect(next).toMatchObject({ method: expected, body: keepsBody ? body : undefined });
  expect('content-type' in (next?.headers ?? {})).toBe(keepsBody || method === 'HEAD');
});

it.each([307, 308])('%i never repeats a body to another origin', (status) => {
  expect(() => nextHop(hop({ method: 'POST', body: 'client_secret=s' }), status, 'https://other.example.com/', 0, check))
    .toThrow('with a body to another origin');
});

it.each([
  'http://api.example.com/', 'https://127.0.0.1/', 'https://user@api.example.com/', 'javascript:alert(1)', 'https:127.0.0.1', '\\\\127.0.0.1/',
  '//localhost/', 'file:///etc/passwd',
])(
  'judges %s anew',
  (location) => {
    expect(() => nextHop(hop(), 302, location, 0, check)).toThrow(expect.objectContaining({ code: expect.stringMatching(/BLOCKED|INVALID/) }));
  },
);

it('gives up after three', () => {
  expect(nextHop(hop(), 302, '/a', 2, check)).toBeDefined();
  expect(() => nextHop(hop(), 302, '/a', 3, check)).toThrow('more than 3 times');
});
