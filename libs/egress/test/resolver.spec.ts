import { createSocket } from 'node:dgram';
import { resolverLookup } from '../src/index.js';

/** A name server for tests: answers A and AAAA from a table, NXDOMAIN otherwise (RFC 1035 section 4). */
async function startDns(table: Record<string, { a?: string[]; aaaa?: string[] }>) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + size));
      at += size + 1;
    }
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    asked.push(`${name} ${type}`);
    const entry = table[name];
    const data = (type === 1 ? entry?.a : entry?.aaaa) ?? [];
    const answers = data.map((address) => {
      const hex = () => address.split(':').map((part) => part.padStart(4, '0')).join('');
      const bytes = type === 1 ? Buffer.from(address.split('.').map(Number)) : Buffer.from(hex(), 'hex');
      const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 1, 0, bytes.length]);
      return Buffer.concat([head, bytes]);
    });
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, entry ? 0x80 : 0x83, 0, 1, 0, answers.length, 0, 0, 0, 0]);
    socket.send(Buffer.concat([header, query.subarray(12, at + 5), ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { server: `127.0.0.1:${socket.address().port}`, asked, close: () => new Promise<void>((resolve) => socket.close(() => resolve())) };
}

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

it('asks the given server for every address of both families', async () => {
  const dns = await startDns({
    'both.provider.dev': { a: ['93.184.216.34', '10.0.0.1'], aaaa: ['2606:4700:0:0:0:0:0:1111'] },
    'four.provider.dev': { a: ['93.184.216.34'] },
  });
  stop = dns.close;
  const lookup = resolverLookup([dns.server]);
  expect(await lookup('both.provider.dev')).toEqual([
    { address: '2606:4700::1111', family: 6 }, { address: '93.184.216.34', family: 4 }, { address: '10.0.0.1', family: 4 },
  ]);
  expect(await lookup('four.provider.dev')).toEqual([{ address: '93.184.216.34', family: 4 }]);
  await expect(lookup('none.provider.dev')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(dns.asked).toEqual(expect.arrayContaining(['both.provider.dev 1', 'both.provider.dev 28']));
});

it('answers localhost itself', async () => {
  expect((await resolverLookup(['127.0.0.1:1'])('localhost')).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
});

it.each([[[]], [['dns.example.com']], [['1.2.3.4:x']]])('refuses %j as servers', (servers) => {
  expect(() => resolverLookup(servers)).toThrow(/DNS server/);
});
