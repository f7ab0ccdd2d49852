import { classifyAddress } from './address-class.js';
import { parseAllowList } from './allow-list.js';
import { EgressError } from './egress-error.js';
import { parseUrl, publicPorts } from './parse-url.js';
import { checkOrigin } from './check-origin.js';

const rules = (allow: string[] = []) => ({ allow: parseAllowList(allow), ports: publicPorts, classify: classifyAddress });
const codeOf = (url: string, allow: string[] = []): string => {
  try {
    parseUrl(url, rules(allow));
    return 'passed';
  } catch (error) {
    expect(error).toBeInstanceOf(EgressError);
    return (error as EgressError).code;
  }
};

it('takes the URL apart once', () => {
  expect(parseUrl('HTTPS://API.Example.com/v1/a%20b?q=x y&z=\\d#part', rules())).toEqual({
    href: 'https://api.example.com/v1/a%20b?q=x%20y&z=\\d',
    origin: 'https://api.example.com',
    target: '/v1/a%20b?q=x%20y&z=\\d',
    authority: 'api.example.com:443',
  });
  expect(parseUrl('https://[2606:4700::1111]:8443?x', rules())).toMatchObject({ target: '/?x', authority: '[2606:4700::1111]:8443' });
  expect(parseUrl('https://b\u00fccher.example.com/', rules()).authority).toBe('xn--bcher-kva.example.com:443');
});

it.each([
  'https://api.example.com', 'https://api.example.com:443/', 'https://api.example.com:8443/', 'https://8.8.8.8/', 'https://a_b.example.com/',
])('passes %s', (url) => {
  expect(codeOf(url)).toBe('passed');
});

it.each([
  'http://api.example.com/', 'http://api.example.com:443/', 'http://api.example.com:8443/', 'https://api.example.com:80/', 'https://api.example.com:22/',
  'https://api.example.com:8080/', 'https://127.0.0.1/', 'https://[::1]/',
  'https://intranet/', 'https://api.example.com./', 'https://db.internal/', 'https://printer.local/', 'https://app.localhost/', 'https://x.test/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://x.onion/', 'https://router.lan/', 'https://a..example.com/', `https://${'a'.repeat(64)}.example.com/`,
])('blocks %s', (url) => {
  expect(codeOf(url)).toBe('EGRESS_BLOCKED');
});

it.each([
  '', ' https://api.example.com/', 'https://api.example.com/\n', 'https://api.exa\tmple.com/', 'https:api.example.com', 'https:/api.example.com',
  'https:\\\\api.example.com', '//api.example.com',
  'https://user@api.example.com/', 'https://user:pw@api.example.com/', 'https://@api.example.com/', 'https://api.example.com\\@evil.example.com/',
  'https://api.example.com/a\\..\\b',
  'https://%61pi.example.com/', 'https://', 'https:///api.example.com', 'https://api.example.com:99999/', 'https://a$b.example.com/', 'https://[::1/',
  'https://1.2.3.4.5/',
  'ftp://api.example.com/', 'file:///etc/passwd', 'data:,x', 'gopher://api.example.com/', `https://api.example.com/${'a'.repeat(16_400)}`,
])('does not take %j for a URL', (url) => {
  expect(codeOf(url)).toBe('EGRESS_URL_INVALID');
});

it('lets the operator except one host:port, with http and any address, and nothing next to it', () => {
  const allow = ['127.0.0.1:4010', 'sandbox:80', '[::1]:8080'];
  expect(codeOf('http://127.0.0.1:4010/x', allow)).toBe('passed');
  expect(codeOf('https://127.0.0.1:4010/x', allow)).toBe('passed');
  expect(codeOf('http://2130706433:4010/x', allow)).toBe('passed'); // the same host and port, once parsed
  expect(codeOf('http://sandbox/', allow)).toBe('passed');
  expect(codeOf('http://[0:0::1]:8080/', allow)).toBe('passed');
  expect(codeOf('http://127.0.0.1:4011/x', allow)).toBe('EGRESS_BLOCKED');
  expect(codeOf('http://127.0.0.1/', allow)).toBe('EGRESS_BLOCKED');
  expect(codeOf('http://localhost:4010/', allow)).toBe('EGRESS_BLOCKED');
  expect(codeOf('http://[::ffff:127.0.0.1]:4010/', allow)).toBe('EGRESS_BLOCKED');
  expect(codeOf('https://sandbox/', allow)).toBe('EGRESS_BLOCKED');
  expect(codeOf('http://sandbox.:80/', allow)).toBe('EGRESS_BLOCKED');
  expect(codeOf('http://u@127.0.0.1:4010/', allow)).toBe('EGRESS_URL_INVALID');
});

it('says nothing of path, query or userinfo', () => {
  const urls = ['https://intranet/bot-SECRET/x?k=SECRET', 'https://SECRET:SECRET@api.example.com/?SECRET', 'http:SECRET', 'https://api.example.com:22/SECRET'];
  for (const url of urls) {
    expect(() => parseUrl(url, rules())).toThrow(EgressError);
    try {
      parseUrl(url, rules());
    } catch (error) {
      expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ''}`).not.toContain('SECRET');
    }
  }
});

describe('bound origins', () => {
  const url = parseUrl('https://api.example.com/x', rules());

  it.each([
    [undefined, true],
    [['https://api.example.com'], true],
    [['https://other.example.com', 'https://API.example.com:443/v1/'], true],
    [[], false],
    [['https://api.example.com:8443'], false],
    [['http://api.example.com'], false],
    [['https://example.com'], false],
    [['https://api.example.com.evil.example'], false],
    [['api.example.com', 'null', '*', ''], false],
  ] as [string[] | undefined, boolean][])('%j', (allowedOrigins, passes) => {
    const check = expect(() => checkOrigin(url, allowedOrigins));
    if (passes) check.not.toThrow();
    else check.toThrow('not one of the origins');
  });
});
