import { lookup as systemLookup, Resolver } from 'node:dns/promises';

/** One address a name resolves to. */
export interface LookupAnswer {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a host name to all its addresses. Rejects (with a system `code`) when there is none. Which of them are allowed is not its business. */
export type Lookup = (hostname: string) => Promise<readonly LookupAnswer[]>;

/** The operating system's resolver (hosts file, nsswitch, resolv.conf), every A and AAAA answer. */
export const osLookup: Lookup = async (hostname) => (await systemLookup(hostname, { all: true })) as LookupAnswer[];

/**
 * A lookup that asks the given DNS servers and nothing else (no hosts file, no search list).
 *
 * @param servers addresses as `ip`, `ip:port` or `[ip6]:port`
 * @param options `timeoutMs` per try (default 2000), `tries` (default 2)
 * @throws Error when an entry is not such an address
 */
export function resolverLookup(servers: readonly string[], options: { timeoutMs?: number; tries?: number } = {}): Lookup {
  if (servers.length === 0) throw new Error('resolverLookup needs at least one DNS server address');
  const resolver = new Resolver({ timeout: options.timeoutMs ?? 2_000, tries: options.tries ?? 2 });
  try {
    resolver.setServers(servers);
  } catch {
    throw new Error(`a DNS server is not an IP address with an optional port: ${servers.join(', ')}`);
  }
  return async (hostname) => {
    // RFC 6761 section 6.3: localhost is answered here, never asked of a server. (It passes the rules only as an operator's exception.)
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) return [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }];
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const answers: LookupAnswer[] = [
      ...(v6.status === 'fulfilled' ? v6.value.map((address): LookupAnswer => ({ address, family: 6 })) : []),
      ...(v4.status === 'fulfilled' ? v4.value.map((address): LookupAnswer => ({ address, family: 4 })) : []),
    ];
    // A server that answers A but not AAAA is common, and only addresses seen here are ever connected to: one kind is enough.
    if (answers.length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('no address');
    return answers;
  };
}
