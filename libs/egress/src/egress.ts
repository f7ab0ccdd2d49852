import { Agent } from 'undici';
import { classifyAddress } from './address-class.js';
import { parseAllowList } from './allow-list.js';
import { checkOrigin } from './check-origin.js';
import { createCheckedConnector } from './checked-connector.js';
import { parseConnectTo } from './connect-to.js';
import { EgressError } from './egress-error.js';
import { exchange } from './exchange.js';
import type { Answer } from './exchange.js';
import { osLookup } from './lookup.js';
import { nextHop } from './next-hop.js';
import type { Hop } from './next-hop.js';
import { openSocket } from './open-socket.js';
import type { Egress, EgressOptions, EgressRequest, EgressResponse } from './options.js';
import { parseUrl, publicPorts } from './parse-url.js';
import type { UrlRules } from './parse-url.js';
import { requestHeaders, requestMethod } from './request-head.js';
import { startLife } from './request-life.js';
import { responseText } from './response-text.js';

/**
 * The product's one way out. See {@link EgressOptions} for what can be set and {@link Egress} for what it does.
 *
 * @throws Error when an option is not usable (an exception that is not an exact host:port, a CA that is no certificate, a limit below 1)
 */
export function createEgress(options: EgressOptions): Egress {
  return buildEgress(options, { classify: classifyAddress, ports: publicPorts });
}

/** The same with other ideas of "public": no address of a test machine is global, so tests bring their own. Not exported from the package. */
export function buildEgress(options: EgressOptions, world: Pick<UrlRules, 'classify' | 'ports'>): Egress {
  const rules: UrlRules = { ...world, allow: parseAllowList(options.allow) };
  const timeoutMs = limit('timeoutMs', options.timeoutMs, 20_000);
  const maxBytes = limit('maxBytes', options.maxBytes, 32 * 1024 * 1024);
  const userAgent = options.userAgent ?? 'trunkline';
  requestHeaders({ 'user-agent': userAgent }, userAgent); // one that cannot be sent is told now
  const connectTo = parseConnectTo(options.connectTo ?? []);
  const lookup = options.lookup ?? osLookup;
  const connectTimeoutMs = limit('connectTimeoutMs', options.connectTimeoutMs, 5_000);
  const agent = new Agent({
    connect: createCheckedConnector({ rules, connectTo, lookup, connectTimeoutMs, ca: options.ca }),
    connections: limit('connectionsPerOrigin', options.connectionsPerOrigin, 32),
    maxHeaderSize: limit('maxHeaderBytes', options.maxHeaderBytes, 32 * 1024),
    // HTTP/1.1 only, one request at a time on a connection: a request is never re-sent behind our back and `sent` stays exact.
    allowH2: false,
    pipelining: 1,
  });

  const check = (text: string, allowedOrigins: readonly string[] | undefined) => {
    const url = parseUrl(text, rules);
    checkOrigin(url, allowedOrigins);
    return url;
  };

  const request = async (wanted: EgressRequest): Promise<EgressResponse> => {
    let hop: Hop = {
      url: check(wanted.url, wanted.allowedOrigins),
      method: requestMethod(wanted.method ?? 'GET'),
      headers: requestHeaders(wanted.headers, userAgent),
      body: wanted.body,
    };
    const cap = limit('maxBytes', wanted.maxBytes, maxBytes);
    const life = startLife(limit('timeoutMs', wanted.timeoutMs, timeoutMs), wanted.signal, () => hop.url.authority);
    try {
      for (let followed = 0; ; followed += 1) {
        const answer = await exchange(agent, hop, cap, life);
        if (wanted.redirect !== 'follow') return toResponse(answer, hop);
        const next = nextHop(hop, answer.status, answer.location, followed, (url) => check(url, wanted.allowedOrigins));
        if (!next) return toResponse(answer, hop);
        hop = next;
      }
    } catch (error) {
      throw error instanceof EgressError && life.sent ? error.afterSending() : error;
    } finally {
      life.release();
    }
  };

  let closed: Promise<void> | undefined;
  return {
    request,
    check: (url, allowedOrigins) => void check(url, allowedOrigins),
    async connect({ host, port, timeoutMs: within }) {
      if (closed) throw new EgressError('EGRESS_ABORTED', 'the egress is closed');
      return openSocket({ host, port }, limit('timeoutMs', within, connectTimeoutMs), { ...rules, connectTo, lookup });
    },
    // undici rejects a second close.
    close: () => (closed ??= agent.close()),
  };
}

const toResponse = ({ status, headers, body, sentAt, receivedAt }: Answer, hop: Hop): EgressResponse => ({
  status,
  headers,
  body,
  text: () => responseText(body, headers['content-type']),
  url: hop.url.href,
  sentAt,
  receivedAt,
});

/** Longest delay Node's timers take; beyond it they fire at once. */
const maxLimit = 2 ** 31 - 1;

function limit(name: string, given: number | undefined, fallback: number): number {
  const value = given ?? fallback;
  if (!Number.isInteger(value) || value < 1 || value > maxLimit) throw new RangeError(`egress option ${name} must be a whole number from 1 to ${maxLimit}`);
  return value;
}
