import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { checkAnswers, checkPresent } from './check-answers.js';
import { notPublic } from './checked-connector.js';
import { classifyFailure } from './classify-failure.js';
import type { ConnectTo } from './connect-to.js';
import { EgressError } from './egress-error.js';
import { canonicalHost, nameOf, withoutBrackets } from './host-port.js';
import type { HostPort } from './host-port.js';
import type { Lookup } from './lookup.js';
import type { UrlRules } from './parse-url.js';
import { pinnedLookup } from './pinned-lookup.js';
import { whyNotPublicName } from './special-use-names.js';

export interface SocketRules extends Pick<UrlRules, 'allow' | 'classify'> {
  readonly connectTo: ConnectTo;
  readonly lookup: Lookup;
}

/**
 * A TCP connection for a protocol that is not HTTP, under the rules of {@link createCheckedConnector}: the host is judged as it is written,
 * resolved once, all its answers are checked, and the socket's remote address is looked at before anyone may write. The port is what the
 * connector names: the list of HTTPS ports says nothing about other protocols, and where addresses are public there is no inside to scan.
 *
 * @throws EgressError
 */
export async function openSocket(wanted: { host: string; port: number }, timeoutMs: number, rules: SocketRules): Promise<Socket> {
  const place = judge(wanted, rules);
  const authority = nameOf(place);
  const detour = rules.connectTo.find(place.host, place.port);
  const anyAddress = detour !== undefined || rules.allow.has(place.host, place.port);
  const target = detour?.to ?? place;
  const check = anyAddress ? checkPresent : (name: string, answers: Parameters<typeof checkPresent>[1]) => checkAnswers(name, answers, rules.classify);
  const socket = connect({ ...target, lookup: pinnedLookup(rules.lookup, check), autoSelectFamily: true, noDelay: true });
  try {
    await connected(socket, authority, timeoutMs);
    const { global, name } = rules.classify(socket.remoteAddress ?? '');
    if (!anyAddress && !global) throw notPublic(authority, `connected to ${name}`);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw classifyFailure(error, authority, false);
  }
}

/** The host must be written as a URL would have it once parsed: a form two readers could take for two hosts is refused. */
function judge({ host, port }: { host: string; port: number }, { allow, classify }: SocketRules): HostPort {
  const written = typeof host === 'string' ? host.toLowerCase() : '';
  const canonical = canonicalHost(isIP(written) === 6 ? `[${written}]` : written);
  if (canonical === undefined || withoutBrackets(canonical) !== withoutBrackets(written) || !/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/.test(canonical)) {
    throw new EgressError('EGRESS_URL_INVALID', 'the host is neither a name nor an address in canonical form');
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new EgressError('EGRESS_URL_INVALID', 'the port is not a whole number from 1 to 65535');
  const place = { host: withoutBrackets(canonical), port };
  if (allow.has(place.host, port)) return place;
  if (isIP(place.host) !== 0) {
    const { global, name } = classify(place.host);
    if (!global) throw notPublic(nameOf(place), name);
  } else {
    const why = whyNotPublicName(place.host);
    if (why) throw new EgressError('EGRESS_BLOCKED', `${nameOf(place)} is refused: the host ${why}; the operator can except an exact host:port`);
  }
  return place;
}

function connected(socket: Socket, authority: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(new EgressError('EGRESS_CONNECT', `no connection to ${authority} within the connect timeout`)), timeoutMs);
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      socket.off('connect', onConnect).off('error', settle);
      if (error) reject(error);
      else resolve();
    };
    const onConnect = (): void => settle();
    socket.once('connect', onConnect).once('error', settle);
  });
}
