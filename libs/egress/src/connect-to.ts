import { nameOf, parseHostPort } from './host-port.js';
import type { HostPort } from './host-port.js';

/** One connection the operator leads elsewhere. */
export interface Detour {
  /** What URLs and connectors say; it stays the Host header and the name the certificate is checked for. */
  readonly from: HostPort;
  /** Where the socket goes. */
  readonly to: HostPort;
}

/** The operator's detours, by what is asked for. */
export interface ConnectTo {
  readonly detours: readonly Detour[];
  find(host: string, port: number): Detour | undefined;
}

/**
 * Read `host:port=host:port` entries: connections to the left go to the right, as with curl's `--connect-to`. Pure.
 *
 * Both sides are exact. The left side is an exception for that one connection: its socket may go to any address. What else is asked of a URL
 * stays asked (https, ports, names), and the right side is no exception: it cannot be called by its own name.
 *
 * @throws Error naming the entry, when one is not of that form or leads the same place elsewhere twice
 */
export function parseConnectTo(entries: readonly string[]): ConnectTo {
  const byName = new Map<string, Detour>();
  for (const entry of entries) {
    const what = `egress connect-to entry "${entry}"`;
    const [left, right, ...more] = entry.split('=');
    if (left === undefined || right === undefined || more.length > 0) {
      throw new Error(`${what} is not host:port=host:port; write for example "api.example.com:443=127.0.0.1:8443"`);
    }
    const detour = { from: parseHostPort(left, what), to: parseHostPort(right, what) };
    const name = nameOf(detour.from);
    if (byName.has(name)) throw new Error(`${what} is the second one for ${name}; leave one of them out`);
    byName.set(name, detour);
  }
  return { detours: [...byName.values()], find: (host, port) => byName.get(nameOf({ host, port })) };
}
