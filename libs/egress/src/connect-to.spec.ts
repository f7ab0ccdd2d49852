import { parseConnectTo } from './connect-to.js';

it('leads exact places elsewhere', () => {
  const connectTo = parseConnectTo(['api.provider.dev:443=127.0.0.1:8443', ' Files.Provider.dev:22 = [::1]:2222 ']);
  expect(connectTo.find('api.provider.dev', 443)?.to).toEqual({ host: '127.0.0.1', port: 8443 });
  expect(connectTo.find('files.provider.dev', 22)?.to).toEqual({ host: '::1', port: 2222 });
  for (const [host, port] of [['api.provider.dev', 8443], ['api.provider.dev.', 443], ['x.api.provider.dev', 443], ['provider.dev', 443], ['127.0.0.1', 8443]] as const) {
    expect(connectTo.find(host, port)).toBeUndefined();
  }
});

it.each([
  '', 'api.provider.dev:443', 'api.provider.dev:443=', '=127.0.0.1:1', 'api.provider.dev=127.0.0.1:1', 'api.provider.dev:443=127.0.0.1', 'a.dev:1=b.dev:2=c.dev:3',
  '*:443=127.0.0.1:1', '*.provider.dev:443=127.0.0.1:1', 'https://api.provider.dev:443=127.0.0.1:1', 'api.provider.dev:443=*:1', ':443=127.0.0.1:1',
  'api.provider.dev:0=127.0.0.1:1', 'api.provider.dev:443=127.0.0.1:65536', 'api.provider.dev:443=10.0.0.0/8:1', 'api.provider.dev:443=127.1:80', 'u@a.dev:443=b.dev:443',
])('refuses the entry "%s" and names it', (entry) => {
  expect(() => parseConnectTo(['fine.dev:443=127.0.0.1:1', entry])).toThrow(`egress connect-to entry "${entry}"`);
});

it('refuses two ways for one place', () => {
  expect(() => parseConnectTo(['a.dev:443=127.0.0.1:1', 'A.dev:443=127.0.0.1:2'])).toThrow('is the second one for a.dev:443');
});
