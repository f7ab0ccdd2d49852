import { classifyAddress } from '../src/address-class.js';
import { buildEgress } from '../src/egress.js';
import { createEgress, egressFrom } from '../src/index.js';
import type { Egress, EgressOptions } from '../src/index.js';
import { createAuthority } from './support/certificate.js';
import { failureOf } from './support/failure.js';
import { closeServers, startHttp, startHttps } from './support/servers.js';
import type { Running } from './support/servers.js';

const authority = createAuthority();

describe('connections led elsewhere', () => {
  let server: Running;
  const open: Egress[] = [];
  const build = (options: Partial<EgressOptions>): Egress => {
    const egress = createEgress({ allow: [], ca: authority.pem, ...options });
    open.push(egress);
    return egress;
  };

  beforeEach(async () => {
    server = await startHttps(authority.issue({ dns: ['api.provider.dev'], ip: ['93.184.216.34'] }));
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((egress) => egress.close()));
    await closeServers();
  });

  it('keep URL, Host header, server name and certificate check', async () => {
    const egress = build({ connectTo: [`api.provider.dev:443=${server.host}`] });
    const response = await egress.request({ url: 'https://api.provider.dev/v1?x=1', allowedOrigins: ['https://api.provider.dev'] });
    expect(response).toMatchObject({ status: 200, url: 'https://api.provider.dev/v1?x=1' });
    expect(server.requests).toEqual([expect.objectContaining({ url: '/v1?x=1', headers: expect.objectContaining({ host: 'api.provider.dev' }) })]);
  });

  it('check the certificate of an address for that address', async () => {
    const egress = build({ connectTo: [`93.184.216.34:443=${server.host}`, `93.184.216.35:443=${server.host}`] });
    await expect(egress.request({ url: 'https://93.184.216.34/' })).resolves.toMatchObject({ status: 200 });
    expect(await failureOf(egress.request({ url: 'https://93.184.216.35/' }))).toMatchObject({ code: 'EGRESS_TLS', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('refuse a server that has no certificate for the name, even when it has one for where the socket goes', async () => {
    const other = await startHttps(authority.issue({ dns: ['localhost'], ip: ['127.0.0.1'] }));
    const egress = build({ connectTo: [`api.provider.dev:443=localhost:${other.port}`] });
    expect(await failureOf(egress.request({ url: 'https://api.provider.dev/', headers: { authorization: 'Bearer s' } })))
      .toMatchObject({ code: 'EGRESS_TLS', sent: false, reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(other.requests).toHaveLength(0);
  });

  it('resolve a name on the right side by the same resolver, whatever the address', async () => {
    const asked: string[] = [];
    const egress = build({
      connectTo: [`api.provider.dev:443=vendors.corp:${server.port}`],
      lookup: async (name) => (asked.push(name), [{ address: '127.0.0.1', family: 4 }]),
    });
    await expect(egress.request({ url: 'https://api.provider.dev/' })).resolves.toMatchObject({ status: 200 });
    expect(asked).toEqual(['vendors.corp']);
  });

  it('widen nothing else: not the right side itself, not other ports, other names or plain http', async () => {
    const egress = buildEgress({ allow: [], ca: authority.pem, connectTo: [`api.provider.dev:443=${server.host}`, `plain.provider.dev:80=${server.host}`, `erp:443=${server.host}`],
      lookup: async () => [{ address: '127.0.0.1', family: 4 }] }, { classify: classifyAddress, ports: new Set([443, 8443, server.port]) });
    open.push(egress);
    for (const url of [
      `https://${server.host}/`, `https://api.provider.dev:${server.port}/`, 'https://api.provider.dev:8443/', 'https://other.provider.dev/', 'https://api.provider.dev./',
      'http://api.provider.dev:443/', 'http://plain.provider.dev/', 'https://erp/', 'https://user@api.provider.dev/',
    ]) {
      expect(`${url} ${(await failureOf(egress.request({ url }))).code}`).toMatch(/EGRESS_(?:BLOCKED|URL_INVALID)$/);
    }
    expect(server.connections).toBe(0);
  });

  it('leave the origins a credential is bound to alone', async () => {
    const egress = build({ connectTo: [`api.provider.dev:443=${server.host}`] });
    expect(await failureOf(egress.request({ url: 'https://api.provider.dev/', allowedOrigins: [`https://${server.host}`] }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('do not follow a redirect to the right side', async () => {
    await server.close();
    server = await startHttps(authority.issue({ dns: ['api.provider.dev'] }), (_request, response) => response.writeHead(302, { location: `https://${server.host}/x` }).end());
    const egress = build({ connectTo: [`api.provider.dev:443=${server.host}`] });
    expect(await failureOf(egress.request({ url: 'https://api.provider.dev/', redirect: 'follow' }))).toMatchObject({ code: 'EGRESS_BLOCKED', sent: true });
  });

  it('go together with an exception for http', async () => {
    const plain = await startHttp();
    const egress = build({ allow: ['sandbox.corp:80'], connectTo: [`sandbox.corp:80=${plain.host}`] });
    await expect(egress.request({ url: 'http://sandbox.corp/' })).resolves.toMatchObject({ status: 200 });
    expect(plain.requests[0]?.headers.host).toBe('sandbox.corp');
  });

  it('are made from a service\'s settings, which fail closed', async () => {
    const config = { egressAllow: [], egressConnectTo: [], egressResolver: [] };
    expect(() => egressFrom({ ...config, egressConnectTo: ['api.provider.dev=127.0.0.1:1'] })).toThrow('egress connect-to entry "api.provider.dev=127.0.0.1:1"');
    expect(() => egressFrom({ ...config, egressAllow: ['*:443'] })).toThrow('egress exception "*:443"');
    expect(() => egressFrom({ ...config, egressResolver: ['dns.provider.dev'] })).toThrow('DNS server');
    expect(() => egressFrom({ ...config, egressCaFile: '/nowhere/ca.pem' })).toThrow('/nowhere/ca.pem cannot be read (ENOENT)');
    const egress = egressFrom({ ...config, egressResolver: ['127.0.0.1:1'] });
    open.push(egress);
    expect(await failureOf(egress.request({ url: 'https://api.provider.dev/', timeoutMs: 20_000 }))).toMatchObject({ code: 'EGRESS_DNS' });
  });
});
