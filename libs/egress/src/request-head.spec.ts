import { requestHeaders, requestMethod } from './request-head.js';
import { responseText } from './response-text.js';

it('lower-cases names over the defaults', () => {
  expect({ ...requestHeaders({ Authorization: 'Bearer x', ACCEPT: 'text/csv' }, 'agent/1') }).toEqual({
    accept: 'text/csv', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'agent/1', authorization: 'Bearer x',
  });
});

it.each([
  'Host', 'host', 'Content-Length', 'transfer-encoding', 'Connection', 'Keep-Alive', 'Upgrade', 'TE', 'Trailer', 'Expect', 'Proxy-Authorization',
  'proxy-anything',
])(
  'writes %s itself', (name) => {
    expect(() => requestHeaders({ [name]: 'SECRET' }, 'a')).toThrow(/written by the egress module/);
  });

it.each([
  ['x-a', 'SECRET\r\nhost: evil'], ['x-a', 'SECRET\n'], ['x-a', 'SECRET\0'], ['x-a', 'SECRET\u20ac'], ['x a', 'SECRET'], ['x:a', 'SECRET'], ['', 'SECRET'],
  ['x\r\ny', 'SECRET'],
])(
  'refuses %j: %j without repeating the value', (name, value) => {
    let message = '';
    try {
      requestHeaders({ [name]: value }, 'a');
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/header/);
    expect(message).not.toContain('SECRET');
  });

it('refuses a value that is not a string', () => {
  expect(() => requestHeaders({ 'x-a': undefined as unknown as string }, 'a')).toThrow('x-a');
});

it('sends only ordinary methods', () => {
  expect(requestMethod('post')).toBe('POST');
  for (const method of ['CONNECT', 'TRACE', 'GET /x HTTP/1.1\r\n', '', 'BREW']) expect(() => requestMethod(method)).toThrow('method');
});

it('reads text by charset, without byte order mark', () => {
  expect(responseText(Buffer.from('\ufeff{"a":1}'), 'application/json')).toBe('{"a":1}');
  expect(responseText(Buffer.from('caf\xe9', 'latin1'), 'text/csv; charset=ISO-8859-1')).toBe('caf\u00e9');
  expect(responseText(Buffer.from('\u20ac'), 'text/plain; charset="utf-8"')).toBe('\u20ac');
  expect(responseText(Buffer.from('\u20ac'), 'text/plain; charset=nonsense')).toBe('\u20ac');
});
