/** The operator's exceptions, each an exact `host:port`. */
export interface AllowList {
  has(hostname: string, port: number): boolean;
}

/**
 * Read the operator's exceptions. Pure.
 *
 * Each entry is `host:port` with the host in canonical form: a lower-case ASCII name, a dotted IPv4 address, or an IPv6 address in brackets.
 * There is no wildcard and no "allow private": an exception is for one host and one port, as it is written in the URL. `localhost:4010` does
 * not cover `127.0.0.1:4010`.
 *
 * @throws Error naming the entry, when one is not of that form.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const exact = new Set(entries.map(canonicalEntry));
  return { has: (hostname, port) => exact.has(`${hostname}:${port}`) };
}

function canonicalEntry(entry: string): string {
  const text = entry.trim().toLowerCase();
  const match = /^(\[[0-9a-f:.]+\]|[^:/?#@\\\s*[\]]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65_535) {
    throw new Error(`egress exception "${entry}" is not an exact host:port; write for example "sandbox.example.org:8080", "127.0.0.1:4010" or "[::1]:4010"`);
  }
  const written = match[1] ?? '';
  const canonical = canonicalHost(written);
  if (canonical !== written) {
    const hint = canonical ? `; write "${canonical}:${port}"` : '';
    throw new Error(`egress exception "${entry}" has a host that is not in canonical form${hint}`);
  }
  return `${canonical.replace(/^\[|\]$/g, '')}:${port}`;
}

function canonicalHost(host: string): string | undefined {
  try {
    return new URL(`https://${host}/`).hostname;
  } catch {
    return undefined;
  }
}
