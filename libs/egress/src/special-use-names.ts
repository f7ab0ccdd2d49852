/**
 * Names that never belong to a provider on the public Internet and that a local resolver, hosts file or mDNS may answer.
 *
 * From the IANA Special-Use Domain Names registry (https://www.iana.org/assignments/special-use-domain-names), plus `internal`, which ICANN
 * reserved for private use in 2024, and the private top-level names of RFC 6762 appendix G.
 * `example` and example.com/net/org are left alone: RFC 6761 section 6.5 says that software should not treat them as special; their
 * addresses are checked like any other's.
 */
const specialUseSuffixes: ReadonlySet<string> = new Set([
  'alt', // RFC 9476
  'arpa', // reverse zones, home.arpa (RFC 8375), ipv4only.arpa (RFC 8880), resolver.arpa (RFC 9462), service.arpa (RFC 9665)
  'internal', // ICANN board resolution 2024.07.29.06; metadata.google.internal
  'invalid', // RFC 6761
  'local', // RFC 6762, also cluster.local
  'localhost', // RFC 6761
  'onion', // RFC 7686
  'test', // RFC 6761
  'corp', // RFC 6762 appendix G from here on
  'home',
  'intranet',
  'lan',
  'private',
  'localdomain', // the usual search domain of hosts files, never delegated
]);

/**
 * Why a host name (canonical: lower case, ASCII, no brackets) cannot be a provider's, or undefined when it can. Pure.
 * Single labels are refused because they are completed by the resolver's search list.
 */
export function whyNotPublicName(hostname: string): string | undefined {
  if (hostname.endsWith('.')) return 'ends with a dot';
  const labels = hostname.split('.');
  if (labels.length < 2) return 'is a single label';
  if (hostname.length > 253 || labels.some((label) => label.length === 0 || label.length > 63)) return 'is not a valid DNS name';
  if (specialUseSuffixes.has(labels[labels.length - 1] ?? '')) return 'is a special-use name';
  return undefined;
}
