/** One exact place: a host in canonical form (an IPv6 address without its brackets) and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Read one `host:port` with the host in canonical form: a lower-case ASCII name, a dotted IPv4 address, or an IPv6 address in brackets. Pure.
 *
 * @param text what is read; case and surrounding spaces do not matter
 * @param what how messages call the entry, e.g. `egress exception "x:1"`
 * @throws Error beginning with `what`
 */
export function parseHostPort(text: string, what: string): HostPort {
  const match = /^(\[[0-9a-f:.]+\]|[^:/?#@\\\s*[\]]+):(\d{1,5})$/.exec(text.trim().toLowerCase());
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65_535) {
    throw new Error(`${what} is not an exact host:port; write for example "sandbox.example.org:8080", "127.0.0.1:4010" or "[::1]:4010"`);
  }
  const written = match[1] ?? '';
  const canonical = canonicalHost(written);
  if (canonical !== written) throw new Error(`${what} has a host that is not in canonical form${canonical ? `; write "${canonical}:${port}"` : ''}`);
  return { host: withoutBrackets(canonical), port };
}

/** The host as URLs write it once parsed, or undefined when no URL can have it. Pure. */
export function canonicalHost(host: string): string | undefined {
  try {
    return new URL(`https://${host}/`).hostname;
  } catch {
    return undefined;
  }
}

export const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

/** `host:port` for messages and as a key. */
export const nameOf = ({ host, port }: HostPort): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
