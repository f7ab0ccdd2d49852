import { classifyAddress } from '../src/address-class.js';
import type { AddressClass } from '../src/address-class.js';
import { buildEgress } from '../src/egress.js';
import { createEgress } from '../src/index.js';
import type { Egress, EgressOptions, Lookup, LookupAnswer } from '../src/index.js';
import { createAuthority } from './support/certificate.js';
import { failureOf } from './support/failure.js';
import { closeServers, startHttp, startHttps } from './support/servers.js';
import type { Running } from './support/servers.js';

const authority = createAuthority();
const v4 = (...addresses: string[]): LookupAnswer[] => addresses.map((address) => ({ address, family: 4 }));

/** On this machine nothing is global, so 127.0.0.1 plays the public address; every other one keeps its class. */
const here = (address: string): AddressClass => (address === '127.0.0.1' ? { global: true, name: 'global unicast' } : classifyAddress(address));

describe('addresses', () => {
  let server: Running;
  const open: Egress[] = [];
  const build = (options: Partial<EgressOptions>, classify = here): Egress => {
    const egress = buildEgress({ allow: [], ca: authority.pem, ...options }, { classify, ports: new Set([server.port]) });
    open.push(egress);
    return egress;
  };
  const urlOf = (host: string): string => `https://${host}:${server.port}/x?token=SECRET`;

  beforeEach(async () => {
    server = await startHttps(authority.issue({ dns: ['api.provider.dev', 'other.provider.dev'], ip: ['127.0.0.1'] }));
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((egress) => egress.close()));
    await closeServers();
  });

  it('connects to a name whose every address is public, with its certificate checked by name', async () => {
    const egress = build({ lookup: async () => v4('127.0.0.1') });
    const response = await egress.request({ url: urlOf('api.provider.dev'), allowedOrigins: [`https://api.provider.dev:${server.port}`] });
    expect(response).toMatchObject({ status: 200, url: urlOf('api.provider.dev') });
    expect(server.requests[0]?.headers.host).toBe(`api.provider.dev:${server.port}`);
  });

  it('connects to a public address in the URL', async () => {
    await expect(build({}).request({ url: urlOf('127.0.0.1') })).resolves.toMatchObject({ status: 200 });
  });

  it.each([
    ['10.0.0.1'], ['127.0.0.1', '10.0.0.1'], ['10.0.0.1', '127.0.0.1'], ['127.0.0.1', '169.254.169.254'], ['127.0.0.1', '::1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
    ['127.0.0.1', '64:ff9b::7f00:1'], ['127.0.0.1', '2002:7f00:1::'], ['127.0.0.1', 'fe80::1%lo'],
  ])('refuses a name that resolves to %s %s', async (...addresses) => {
    const lookup: Lookup = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const error = await failureOf(build({ lookup }).request({ url: urlOf('api.provider.dev') }));
    expect(error).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false, retryable: false });
    expect(error.message).not.toContain('SECRET');
    for (const address of addresses) expect(error.message).not.toContain(address);
    expect(server.connections).toBe(0);
  });

  it('asks once per connection and connects to what it checked: a later private answer reaches nothing', async () => {
    const inner = await startHttps(authority.issue({ dns: ['api.provider.dev'] }));
    let asked = 0;
    // The attacker's name server: public for the check, private from then on.
    const lookup: Lookup = async () => (asked++ === 0 ? v4('127.0.0.1') : v4('127.0.0.2'));
    const egress = build({ lookup, connectionsPerOrigin: 1 });
    await expect(egress.request({ url: urlOf('api.provider.dev') })).resolves.toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    await expect(egress.request({ url: urlOf('api.provider.dev') })).resolves.toMatchObject({ status: 200 }); // kept alive, no new connection
    expect(asked).toBe(1);
    const second = build({ lookup });
    expect(await failureOf(second.request({ url: urlOf('api.provider.dev') }))).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false });
    expect({ inner: inner.connections, outer: server.connections }).toEqual({ inner: 0, outer: 1 });
  });

  it('refuses a name that flips, 200 times', async () => {
    server = await startHttps(authority.issue({ dns: ['api.provider.dev'] }), (_request, response) => response.setHeader('connection', 'close').end('ok'));
    let asked = 0;
    const lookup: Lookup = async () => (asked++ % 2 === 0 ? v4('10.0.0.1', '127.0.0.1') : v4('127.0.0.1'));
    const egress = build({ lookup });
    let reached = 0;
    for (let i = 0; i < 200; i += 1) reached += await egress.request({ url: urlOf('api.provider.dev') }).then(() => 1, () => 0);
    expect({ asked, reached, connections: server.connections }).toEqual({ asked: 200, reached: 100, connections: 100 });
  });

  it('reads an answer once: one that changes after the check changes nothing', async () => {
    let read = 0;
    const shifting: LookupAnswer = { get address() { return read++ === 0 ? '127.0.0.1' : '127.0.0.2'; }, family: 4 };
    await expect(build({ lookup: async () => [shifting] }).request({ url: urlOf('api.provider.dev') })).resolves.toMatchObject({ status: 200 });
    expect({ read, connections: server.connections }).toEqual({ read: 1, connections: 1 });
  });

  it('looks at the socket before it writes', async () => {
    // The lookup is satisfied, the connection then turns out to be to an inner address.
    let classified = 0;
    const egress = build({ lookup: async () => v4('127.0.0.1') }, (address) => (classified++ === 0 ? here(address) : { global: false, name: 'loopback' }));
    const error = await failureOf(egress.request({ url: urlOf('api.provider.dev') }));
    expect(error).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false });
    expect(classified).toBe(2);
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['nothing', async () => []],
    ['text that is no address', async () => [{ address: 'localhost', family: 4 }]],
    ['an error', async () => Promise.reject(Object.assign(new Error('queryA ENOTFOUND SECRET'), { code: 'ENOTFOUND' }))],
  ] as [string, Lookup][])('fails closed when the resolver gives %s', async (_what, lookup) => {
    const error = await failureOf(build({ lookup }).request({ url: urlOf('api.provider.dev') }));
    expect(['EGRESS_DNS', 'EGRESS_BLOCKED']).toContain(error.code);
    expect(error.sent).toBe(false);
    expect(String(error.stack)).not.toContain('SECRET');
  });

  it('tells a name that does not exist', async () => {
    const egress = createEgress({ allow: [] });
    open.push(egress);
    expect(await failureOf(egress.request({ url: 'https://no-such-host.nowhere.invalid-tld-for-tests/', timeoutMs: 15_000 })))
      .toMatchObject({ code: 'EGRESS_DNS', retryable: true, sent: false });
  });

  describe('certificates', () => {
    it('refuses another name, and tells it as TLS', async () => {
      const egress = build({ lookup: async () => v4('127.0.0.1') });
      const error = await failureOf(egress.request({ url: urlOf('wrong.provider.dev') }));
      expect(error).toMatchObject({ code: 'EGRESS_TLS', sent: false, reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      expect(server.requests).toHaveLength(0);
    });

    it('refuses an unknown authority', async () => {
      const egress = build({ lookup: async () => v4('127.0.0.1'), ca: undefined });
      expect(await failureOf(egress.request({ url: urlOf('api.provider.dev') }))).toMatchObject({ code: 'EGRESS_TLS', sent: false });
    });

    it('checks the certificate of an excepted host too', async () => {
      const egress = build({ allow: [server.host], ca: undefined });
      expect(await failureOf(egress.request({ url: `https://${server.host}/` }))).toMatchObject({ code: 'EGRESS_TLS' });
    });

    it('tells a server that speaks no TLS', async () => {
      const plain = await startHttp();
      const egress = build({ allow: [plain.host] });
      expect(await failureOf(egress.request({ url: `https://${plain.host}/` }))).toMatchObject({ code: 'EGRESS_TLS', sent: false });
    });

    it.each(['', 'not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])('refuses %j as an authority at start', (ca) => {
      expect(() => createEgress({ allow: [], ca })).toThrow(/CA/);
    });
  });

  describe("the operator's exceptions", () => {
    it('reach a private address over http, on that port only', async () => {
      const [allowed, neighbour] = [await startHttp(), await startHttp()];
      const egress = createEgress({ allow: [allowed.host] });
      open.push(egress);
      await expect(egress.request({ url: `http://${allowed.host}/` })).resolves.toMatchObject({ status: 200 });
      expect(await failureOf(egress.request({ url: `http://${neighbour.host}/` }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
      expect(await failureOf(egress.request({ url: `http://localhost:${allowed.port}/` }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
      expect({ allowed: allowed.connections, neighbour: neighbour.connections }).toEqual({ allowed: 1, neighbour: 0 });
    });

    it('cover a name whatever it resolves to, and not another name with the same address', async () => {
      const inner = await startHttp();
      const egress = createEgress({ allow: [`erp.corp:${inner.port}`], lookup: async () => v4('127.0.0.1') });
      open.push(egress);
      await expect(egress.request({ url: `http://erp.corp:${inner.port}/` })).resolves.toMatchObject({ status: 200 });
      expect(await failureOf(egress.request({ url: `http://other.corp:${inner.port}/` }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
      expect(inner.connections).toBe(1);
    });
  });
});
