import { parseAllowList } from './allow-list.js';

it('matches host and port exactly', () => {
  const allow = parseAllowList(['localhost:4010', '127.0.0.1:80', '[::1]:8080', 'Sandbox.Example.org:8443']);
  expect(allow.has('localhost', 4010)).toBe(true);
  expect(allow.has('127.0.0.1', 80)).toBe(true);
  expect(allow.has('::1', 8080)).toBe(true);
  expect(allow.has('sandbox.example.org', 8443)).toBe(true);
  expect(allow.has('localhost', 4011)).toBe(false);
  expect(allow.has('localhost.', 4010)).toBe(false);
  expect(allow.has('127.0.0.1', 4010)).toBe(false);
  expect(allow.has('a.sandbox.example.org', 8443)).toBe(false);
  expect(allow.has('sandbox.example.org', 443)).toBe(false);
});

it.each([
  'localhost', 'localhost:', ':80', '*:80', '*.example.org:443', 'http://localhost:80', 'localhost:80/', 'a@localhost:80', 'localhost:0', 'localhost:65536',
  'localhost:8o',
  '10.0.0.0/8:80', '::1:80', '[::1]', 'local host:80', 'localhost:80,other:80', '',
])('refuses the entry "%s"', (entry) => {
  expect(() => parseAllowList([entry])).toThrow(/exact host:port|canonical form/);
});

it('refuses a host in another spelling and says the right one', () => {
  expect(() => parseAllowList(['0x7f.1:80'])).toThrow('write "127.0.0.1:80"');
  expect(() => parseAllowList(['[0:0:0:0:0:0:0:1]:80'])).toThrow('write "[::1]:80"');
});
