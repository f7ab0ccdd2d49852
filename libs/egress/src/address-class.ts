import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What an address is: `global` only for a public unicast address a provider can live at; `name` says which kind it is otherwise. */
export interface AddressClass {
  readonly global: boolean;
  readonly name: string;
}

/**
 * IANA IPv4 Special-Purpose Address Registry, multicast and class E. Entries the registry calls globally reachable (PCP and TURN anycast inside
 * 192.0.0.0/24, AS112, AMT) are refused too: no provider's API lives there.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const specialIpv4 = prefixes([
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['10.0.0.0/8', 'private, RFC 1918'],
  ['100.64.0.0/10', 'shared address space, RFC 6598'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['169.254.0.0/16', 'link-local, RFC 3927'],
  ['172.16.0.0/12', 'private, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890'],
  ['192.0.2.0/24', 'documentation, RFC 5737'],
  ['192.31.196.0/24', 'AS112, RFC 7535'],
  ['192.52.193.0/24', 'AMT, RFC 7450'],
  ['192.88.99.0/24', '6to4 relay anycast, RFC 7526'],
  ['192.168.0.0/16', 'private, RFC 1918'],
  ['192.175.48.0/24', 'AS112, RFC 7534'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation, RFC 5737'],
  ['203.0.113.0/24', 'documentation, RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['240.0.0.0/4', 'reserved, RFC 1112'],
  // Not in any registry: Azure answers on this public address inside every virtual machine's host (wire server, DNS, extensions).
  // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  ['168.63.129.16/32', 'cloud host service'],
]);

/**
 * IANA has given out unicast space from 2000::/3 only (IPv6 Address Space registry), so everything outside of it is refused without a list:
 * unspecified, loopback, v4-mapped ::ffff:0:0/96, v4-compatible ::/96, v4-translated ::ffff:0:0:0/96 (RFC 2765), NAT64 64:ff9b::/96 (RFC 6052)
 * and 64:ff9b:1::/48 (RFC 8215), discard-only 100::/64, SRv6 5f00::/16, unique local fc00::/7, link-local, site-local, multicast.
 * NAT64 is refused although it can lead to a public IPv4 address: it can lead to a private one as well.
 */
const globalUnicastIpv6 = prefixes([['2000::/3', 'global unicast']]);

/**
 * What is special inside 2000::/3: IANA IPv6 Special-Purpose Address Registry.
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const specialIpv6 = prefixes([
  // The whole block with all it holds: Teredo 2001::/32, benchmarking, AMT, AS112, ORCHID, ORCHIDv2, drone tags, anycast 2001:1::/126.
  ['2001::/23', 'IETF protocol assignments (Teredo and others), RFC 2928'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['2002::/16', '6to4, RFC 3056'],
  ['2620:4f:8000::/48', 'AS112, RFC 7534'],
  ['3fff::/20', 'documentation, RFC 9637'],
]);

/**
 * Classify one address as text, as a resolver, a URL or a socket gives it. Pure.
 *
 * Fails closed: what is not an IP address, has a zone, or is judged differently by ipaddr.js' own tables is not global.
 */
export function classifyAddress(address: string): AddressClass {
  // isIP first: ipaddr.js alone also reads octal, hexadecimal and shortened IPv4 forms, which no resolver or socket gives.
  if (isIP(address) === 0) return refused('not an IP address');
  if (address.includes('%')) return refused('address with a zone, RFC 4007');
  const parsed = ipaddr.parse(address);
  const bytes = parsed.toByteArray();
  const special = bytes.length === 4 ? firstMatch(specialIpv4, bytes) : specialOfIpv6(bytes);
  if (special) return refused(special);
  // A second opinion: should one of the two tables be wrong or old, the stricter one decides.
  const second = parsed.range();
  return second === 'unicast' ? { global: true, name: 'global unicast' } : refused(second);
}

function specialOfIpv6(bytes: number[]): string | undefined {
  if (!firstMatch(globalUnicastIpv6, bytes)) return embeddedIpv4Name(bytes) ?? 'outside global unicast 2000::/3, RFC 4291';
  if (isIsatap(bytes)) return 'ISATAP (embedded IPv4), RFC 5214';
  return firstMatch(specialIpv6, bytes);
}

/** ISATAP carries an IPv4 address under any prefix: interface identifiers 0000:5efe:a.b.c.d and 0200:5efe:a.b.c.d (RFC 5214 section 6.1). */
const isIsatap = (bytes: number[]): boolean =>
  (bytes[8] === 0x00 || bytes[8] === 0x02) && bytes[9] === 0x00 && bytes[10] === 0x5e && bytes[11] === 0xfe;

/** Only for a message that says more than "outside global unicast". */
const embeddedIpv4 = prefixes([
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['::/96', 'IPv4-compatible, RFC 4291'],
  ['::ffff:0:0/96', 'IPv4-mapped, RFC 4291'],
  ['::ffff:0:0:0/96', 'IPv4-translated, RFC 2765'],
  ['64:ff9b::/96', 'NAT64, RFC 6052'],
  ['64:ff9b:1::/48', 'NAT64, RFC 8215'],
  ['fc00::/7', 'unique local, RFC 4193'],
  ['fe80::/10', 'link-local, RFC 4291'],
  ['ff00::/8', 'multicast, RFC 4291'],
]);
const embeddedIpv4Name = (bytes: number[]): string | undefined => firstMatch(embeddedIpv4, bytes);

interface Prefix {
  readonly bytes: number[];
  readonly bits: number;
  readonly name: string;
}

function prefixes(list: [cidr: string, name: string][]): Prefix[] {
  return list.map(([cidr, name]) => {
    const [address, bits] = ipaddr.parseCIDR(cidr);
    return { bytes: address.toByteArray(), bits, name };
  });
}

const firstMatch = (list: Prefix[], bytes: number[]): string | undefined => list.find((prefix) => covers(prefix, bytes))?.name;

function covers(prefix: Prefix, bytes: number[]): boolean {
  const whole = prefix.bits >> 3;
  for (let i = 0; i < whole; i += 1) if (prefix.bytes[i] !== bytes[i]) return false;
  const rest = prefix.bits & 7;
  if (rest === 0) return true;
  const shift = 8 - rest;
  return (prefix.bytes[whole] ?? 0) >> shift === (bytes[whole] ?? 0) >> shift;
}

const refused = (name: string): AddressClass => ({ global: false, name });
