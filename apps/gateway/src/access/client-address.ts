import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Who is calling, where nobody has proven who he is: the socket's other end, or, behind so many proxies of our own, the address that
 * the outermost of them saw. What stands further left in X-Forwarded-For is what the client says of itself and counts for nothing.
 */
export function clientAddress(headers: IncomingHttpHeaders, socketAddress: string | undefined, proxies: number): string {
  const nearest = socketAddress ?? 'unknown';
  if (proxies === 0) return network(nearest);
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().flatMap((value) => value.split(',').map((item) => item.trim()));
  const chain = [...forwarded.filter((item) => item !== ''), nearest];
  const seen = chain[Math.max(0, chain.length - 1 - proxies)]!;
  return network(isIP(seen) === 0 ? nearest : seen);
}

/** What one client can hold: an address of IPv4, a /64 of IPv6 (who has one has all of its 2^64 addresses). */
function network(address: string): string {
  const [plain = ''] = address.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain);
  if (mapped !== null) return mapped[1]!;
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [head, tail].map((groups) => groups.split(':').filter((group) => group !== '')) as [string[], string[]];
  const groups = [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
