import { once } from 'node:events';
import type { Socket } from 'node:net';
import { classifyAddress } from '../src/address-class.js';
import type { AddressClass } from '../src/address-class.js';
import { buildEgress } from '../src/egress.js';
import { createEgress } from '../src/index.js';
import type { Egress, EgressOptions, Lookup } from '../src/index.js';
import { failureOf } from './support/failure.js';
import { closeServers, startTcp } from './support/servers.js';
import type { Running } from './support/servers.js';

/** On this machine nothing is global, so 127.0.0.1 plays the public address. */
const here = (address: string): AddressClass => (address === '127.0.0.1' ? { global: true, name: 'global unicast' } : classifyAddress(address));
const to = (...addresses: string[]): Lookup => async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('TCP connections', () => {
  let server: Running;
  const open: Egress[] = [];
  const build = (options: Partial<EgressOptions> = {}, classify = here): Egress => {
    const egress = buildEgress({ allow: [], lookup: to('127.0.0.1'), ...options }, { classify, ports: new Set([443]) });
    open.push(egress);
    return egress;
  };
  const greeting = async (socket: Socket): Promise<string> => {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return chunk.toString();
  };

  beforeEach(async () => {
    server = await startTcp((socket) => socket.write('SSH-2.0-test\r\n'));
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((egress) => egress.close()));
    await closeServers();
  });

  it('go to any port of a public name or address', async () => {
    expect(await greeting(await build().connect({ host: 'files.provider.dev', port: server.port }))).toBe('SSH-2.0-test\r\n');
    expect(await greeting(await build().connect({ host: '127.0.0.1', port: server.port }))).toBe('SSH-2.0-test\r\n');
    expect(server.connections).toBe(2);
  });

  it('ask once and go to what was checked', async () => {
    let asked = 0;
    const lookup: Lookup = async () => (asked++ === 0 ? to('127.0.0.1')('') : to('127.0.0.2')(''));
    const egress = build({ lookup });
    (await egress.connect({ host: 'files.provider.dev', port: server.port })).destroy();
    expect(asked).toBe(1);
    expect(await failureOf(egress.connect({ host: 'files.provider.dev', port: server.port }))).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false });
    expect(server.connections).toBe(1);
  });

  it.each([
    ['10.0.0.1'], ['127.0.0.1', '10.0.0.1'], ['127.0.0.1', '169.254.169.254'], ['127.0.0.1', '::1'], ['127.0.0.1', '::ffff:127.0.0.1'], ['127.0.0.1', '2002:7f00:1::'],
  ])('refuse a name that resolves to %s %s', async (...addresses) => {
    const error = await failureOf(build({ lookup: to(...addresses) }).connect({ host: 'files.provider.dev', port: server.port }));
    expect(error).toMatchObject({ code: 'EGRESS_BLOCKED', sent: false });
    for (const address of addresses) expect(error.message).not.toContain(address);
    expect(server.connections).toBe(0);
  });

  it('are looked at before anyone may write', async () => {
    let classified = 0;
    const egress = build({}, (address) => (classified++ === 0 ? here(address) : { global: false, name: 'loopback' }));
    expect(await failureOf(egress.connect({ host: 'files.provider.dev', port: server.port }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
    expect(classified).toBe(2);
  });

  it.each([
    '127.0.0.1', '::1', '[::1]', '0.0.0.0', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', 'fe80::1', 'fd00:ec2::254', '10.0.0.1', '169.254.169.254', '168.63.129.16',
    'localhost', 'localhost.', 'app.localhost', 'intranet', 'db.internal', 'printer.local', 'x.test', 'provider.dev.', 'files.provider.dev',
    '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.0.0.01', '127.0.0.1.', '127%2e0%2e0%2e1', '\uff11\uff12\uff17.0.0.1', '127\u30020.0.1', 'loc\u00adalhost', '[::ffff:127.0.0.1]', '::1%lo',
    'provider.dev@127.0.0.1', '127.0.0.1:22', '127.0.0.1/x', '127.0.0.1#', 'provider.dev\\@127.0.0.1', ' 127.0.0.1', '127.0.0.1\n', 'a\u0000.dev', '', '/var/run/docker.sock', '*',
  ])('refuse the host %j', async (host) => {
    const egress = createEgress({ allow: [], lookup: to('127.0.0.1') });
    open.push(egress);
    const error = await failureOf(egress.connect({ host, port: server.port }));
    expect(['EGRESS_URL_INVALID', 'EGRESS_BLOCKED']).toContain(error.code);
    expect(server.connections).toBe(0);
  });

  it.each([0, -1, 65_536, 22.5, Number.NaN])('refuse the port %p', async (port) => {
    expect(await failureOf(build().connect({ host: 'files.provider.dev', port }))).toMatchObject({ code: 'EGRESS_URL_INVALID' });
  });

  it('go where the operator excepts or leads them, and nowhere beside it', async () => {
    const neighbour = await startTcp(() => undefined);
    const egress = createEgress({ allow: [server.host, `sftp:${server.port}`], connectTo: [`files.provider.dev:22=${server.host}`], lookup: to('127.0.0.1') });
    open.push(egress);
    expect(await greeting(await egress.connect({ host: '127.0.0.1', port: server.port }))).toBe('SSH-2.0-test\r\n');
    expect(await greeting(await egress.connect({ host: 'SFTP', port: server.port }))).toBe('SSH-2.0-test\r\n');
    expect(await greeting(await egress.connect({ host: 'files.provider.dev', port: 22 }))).toBe('SSH-2.0-test\r\n');
    for (const [host, port] of [['127.0.0.1', neighbour.port], ['sftp', neighbour.port], ['files.provider.dev', neighbour.port], ['x.provider.dev', 22]] as const) {
      expect(await failureOf(egress.connect({ host, port }))).toMatchObject({ code: 'EGRESS_BLOCKED' });
    }
    expect({ server: server.connections, neighbour: neighbour.connections }).toEqual({ server: 3, neighbour: 0 });
  });

  it('tell a name without address, a closed port, a deadline and a closed egress', async () => {
    const unknown: Lookup = async () => Promise.reject(Object.assign(new Error('SECRET'), { code: 'ENOTFOUND' }));
    expect(await failureOf(build({ lookup: unknown }).connect({ host: 'files.provider.dev', port: 22 }))).toMatchObject({ code: 'EGRESS_DNS', reason: 'ENOTFOUND' });
    await server.close();
    expect(await failureOf(build().connect({ host: 'files.provider.dev', port: server.port }))).toMatchObject({ code: 'EGRESS_CONNECT', reason: 'ECONNREFUSED' });
    const never: Lookup = () => new Promise(() => undefined);
    expect(await failureOf(build({ lookup: never }).connect({ host: 'files.provider.dev', port: 22, timeoutMs: 20 }))).toMatchObject({ code: 'EGRESS_CONNECT', retryable: true });
    const egress = build();
    await egress.close();
    expect(await failureOf(egress.connect({ host: 'files.provider.dev', port: 22 }))).toMatchObject({ code: 'EGRESS_ABORTED' });
  });
});
