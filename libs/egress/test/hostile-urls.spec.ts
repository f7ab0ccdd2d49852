import { classifyAddress } from '../src/address-class.js';
import { buildEgress } from '../src/egress.js';
import { createEgress } from '../src/index.js';
import type { Egress, Lookup } from '../src/index.js';
import { createAuthority } from './support/certificate.js';
import { failureOf } from './support/failure.js';
import { closeServers, startHttp, startHttps } from './support/servers.js';
import type { Running } from './support/servers.js';

/**
 * Forms of "this machine" and of inner networks. `{p}` is the port of a canary that would answer; every name resolves to it.
 * Written for both schemes where the scheme is not the point.
 */
const hosts = [
  // plain, short, long, decimal, hexadecimal, octal, mixed, overflowing
  '127.0.0.1', '127.1', '127.0.1', '127.0.0.01', '127.000.000.001', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1', '0x7f.0.0.1', '0x7f.0x0.0x0.0x1',
  '0X7F.0.0.1',
  '0177.0.0.1', '0177.1', '017700000001', '0177.0x0.0.1', '00000000177.0.0.1', '0', '0.0.0.0', '0x0', '127.0.0.1.', '2130706433.',
  // Unicode digits and dots, percent-encoding, invisible characters
  '\u2460\u2461\u2466.\u24ea.\u24ea.\u2460', '\uff11\uff12\uff17.\uff10.\uff10.\uff11', '127\u30020\u30020\u30021', '127\uff0e0\uff0e0\uff0e1',
  '127\uff610\uff610\uff611',
  '127.0.0.\u00ad1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1', '%6c%6fcalhost', 'loc\u00adalhost', '\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54',
  'LOCALHOST', '\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3',
  // names
  'localhost', 'localhost.', 'localhost.localdomain', 'app.localhost', 'ip6-localhost', 'intranet', 'db.internal', 'printer.local',
  'metadata.google.internal', 'kubernetes.default.svc.cluster.local',
  'router.lan', 'nas.home', 'x.test', 'x.invalid', '1.0.0.127.in-addr.arpa', 'home.arpa', 'service.onion', '127.0.0.1.nip.io', 'localtest.me',
  'rebind.provider.dev', 'provider.dev.',
  // IPv6: loopback, unspecified, every embedded IPv4 form, local scopes
  '[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:7F00:0001]',
  '[0:0:0:0:0:ffff:127.0.0.1]', '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::127.0.0.1]', '[2002:7f00:1::]', '[2002:7f00:1::1]', '[2001:0:7f00:1::]', '[2001::80ff:fffe]',
  '[2606:4700::5efe:127.0.0.1]',
  '[fe80::1]', '[fe80::1%25lo]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]', '[ff02::1]', '[100::1]', '[2001:db8::1]', '[3fff::1]', '[5f00::1]',
  '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]',
  // inner networks and cloud services
  '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.169.254', '169.254.170.2', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376',
  '100.64.0.1', '100.100.100.200', '168.63.129.16',
  '192.0.0.192', '192.0.2.1', '198.18.0.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255',
];

/** Whole URLs where the form is the attack. */
const urls = [
  'http:127.0.0.1:{p}', 'https:127.0.0.1:{p}', 'http:/127.0.0.1:{p}', 'http:///127.0.0.1:{p}', 'http:\\\\127.0.0.1:{p}', 'https:\\127.0.0.1:{p}',
  '//127.0.0.1:{p}', '127.0.0.1:{p}',
  'ht\ntp://127.0.0.1:{p}/', 'ht\ttps://127.0.0.1:{p}/', 'https://127.0\r\n.0.1:{p}/', '\u0000https://127.0.0.1:{p}/', ' https://127.0.0.1:{p}/',
  'https://127.0.0.1:{p}/\n',
  'https://127.0.0.1:{p}\\@provider.dev/', 'https://provider.dev\\@127.0.0.1:{p}/', 'https://provider.dev@127.0.0.1:{p}/',
  'https://provider.dev:443@127.0.0.1:{p}/', 'https://@127.0.0.1:{p}/',
  'https://127.0.0.1:{p}#@provider.dev/', 'https://127.0.0.1:{p}?@provider.dev/', 'https://provider.dev%2f@127.0.0.1:{p}/',
  'https://provider.dev%00.127.0.0.1:{p}/', 'https://provider.dev&@127.0.0.1:{p}#/',
  'https://[::1]:{p}:443/', 'https://127.0.0.1:0{p}/', 'HTTPS://127.0.0.1:{p}/', 'hTTp://127.0.0.1:{p}/', 'http://provider.dev:{p}/', 'http://127.0.0.1:{p}',
  'ws://127.0.0.1:{p}/', 'wss://127.0.0.1:{p}/',
  'ftp://127.0.0.1:{p}/', 'file:///etc/passwd', 'file://127.0.0.1/etc/passwd', 'gopher://127.0.0.1:{p}/_GET', 'dict://127.0.0.1:{p}/', 'data:text/plain,x',
  'javascript:fetch(1)', 'blob:https://127.0.0.1:{p}/x',
  'jar:https://127.0.0.1:{p}!/', 'view-source:https://127.0.0.1:{p}/', 'unix:/var/run/docker.sock', 'http://unix:/var/run/docker.sock:/info', '', 'https://',
  'https://:{p}/', 'https://.:{p}/', 'https://..:{p}/',
];

const corpus = [...hosts.flatMap((host) => [`http://${host}:{p}/`, `https://${host}:{p}/`, `https://${host}/`]), ...urls];

describe('hostile URLs', () => {
  let http: Running;
  let https: Running;
  let strict: Egress;
  let anyPort: Egress;
  let lookups = 0;
  const toCanary: Lookup = async () => {
    lookups += 1;
    return [{ address: '127.0.0.1', family: 4 }];
  };

  beforeAll(async () => {
    const authority = createAuthority();
    http = await startHttp();
    https = await startHttps(authority.issue({ dns: ['localhost', 'provider.dev', '*.provider.dev', '127.0.0.1.nip.io', 'localtest.me'], ip: ['127.0.0.1'] }));
    strict = createEgress({ allow: [], lookup: toCanary, ca: authority.pem });
    // The same without the port rule, so that the address and name rules stand alone.
    anyPort = buildEgress({ allow: [], lookup: toCanary, ca: authority.pem }, { classify: classifyAddress, ports: new Set([443, 8443, http.port, https.port]) });
  });

  afterAll(async () => {
    await Promise.all([strict.close(), anyPort.close()]);
    await closeServers();
  });

  it(`has ${hosts.length + urls.length} forms, more than the 69 asked for`, () => {
    expect(new Set([...hosts, ...urls]).size).toBe(hosts.length + urls.length);
    expect(hosts.length + urls.length).toBeGreaterThanOrEqual(69);
  });

  it.each(corpus)('refuses %j and reaches nothing', async (form) => {
    for (const egress of [strict, anyPort]) {
      for (const { port } of [http, https]) {
        const url = form.replaceAll('{p}', String(port));
        const error = await failureOf(egress.request({ url, method: 'POST', body: 'secret', headers: { authorization: 'Bearer s' } }));
        expect(['EGRESS_URL_INVALID', 'EGRESS_BLOCKED']).toContain(error.code);
        expect(error).toMatchObject({ sent: false, retryable: false });
      }
    }
    expect({ http: http.connections, https: https.connections }).toEqual({ http: 0, https: 0 });
  });

  it('had canaries that could be reached', async () => {
    expect(lookups).toBeGreaterThan(0);
    const excepted = createEgress({ allow: [http.host], lookup: toCanary });
    await expect(excepted.request({ url: `http://${http.host}/` })).resolves.toMatchObject({ status: 200 });
    await excepted.close();
    expect(http.connections).toBe(1);
  });
});
