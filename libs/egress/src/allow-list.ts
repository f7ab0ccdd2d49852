import { parseHostPort } from './host-port.js';

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
  const exact = new Set(entries.map((entry) => parseHostPort(entry, `egress exception "${entry}"`)).map(({ host, port }) => `${host}:${port}`));
  return { has: (hostname, port) => exact.has(`${hostname}:${port}`) };
}
