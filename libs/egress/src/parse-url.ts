import { isIP } from 'node:net';
import type { AddressClass } from './address-class.js';
import type { AllowList } from './allow-list.js';
import { EgressError } from './egress-error.js';
import { whyNotPublicName } from './special-use-names.js';

/** What the rules need to know of the surroundings. */
export interface UrlRules {
  readonly allow: AllowList;
  /** Ports open to everyone; the operator's exceptions name their own. */
  readonly ports: ReadonlySet<number>;
  readonly classify: (address: string) => AddressClass;
}

/** A URL that passed the rules. Nothing after this point looks at the text again. */
export interface CheckedUrl {
  /** Serialised, without fragment. */
  readonly href: string;
  readonly origin: string;
  /** Path and query as they go on the request line. */
  readonly target: string;
  /** `host:port`, for messages and for the exceptions. */
  readonly authority: string;
}

/**
 * 443, and 8443, the one other port on which providers and self-hosted products commonly serve a public HTTPS API. Anything else is an
 * operator's exception: an open port list turns a URL field into a port scanner.
 */
export const publicPorts: ReadonlySet<number> = new Set([443, 8443]);

/** Longer request lines are refused by common servers anyway (RFC 9110 section 4.1 asks for 8,000 octets). */
const maxUrlLength = 16_384;

/**
 * Scheme, `//`, and a non-empty authority without userinfo, backslash or percent sign, then a path without backslash. The WHATWG parser
 * accepts much more (`http:127.0.0.1`, `https:/\host`, `good\@evil`, `%6cocalhost`) and reads some of it differently from RFC 3986: a form on
 * which two parsers could disagree is refused instead of interpreted.
 */
const plainForm = /^https?:\/\/[^/?#\\@%\s]+(?:[/?#]|$)/i;
const backslashBeforeQuery = /^[^?#]*\\/;
/** Tabs and newlines the parser would silently remove; other controls it would encode. */
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f]/;

/**
 * Parse once and judge: https only, no userinfo, a port of the list, a public host name or a global address — or exactly what the operator
 * excepted. Pure. A host name's addresses are judged later, when it is resolved for a connection.
 *
 * @throws EgressError `EGRESS_URL_INVALID` or `EGRESS_BLOCKED`
 */
export function parseUrl(text: string, rules: UrlRules): CheckedUrl {
  const url = parseOnce(text);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? defaultPort(url.protocol) : Number(url.port);
  const authority = `${url.hostname}:${port}`;
  if (!rules.allow.has(hostname, port)) refuseUnlessPublic(url.protocol, hostname, port, authority, rules);
  url.hash = '';
  return { href: url.href, origin: url.origin, target: url.pathname + url.search, authority };
}

function parseOnce(text: string): URL {
  if (typeof text !== 'string' || text.length > maxUrlLength) throw invalid(`the URL is not a string of at most ${maxUrlLength} characters`);
  if (text !== text.trim() || controls.test(text)) throw invalid('the URL has control characters or surrounding spaces');
  if (!plainForm.test(text) || backslashBeforeQuery.test(text)) {
    throw invalid('the URL is not absolute http(s) in plain form: scheme://host[:port]/path without userinfo, backslash or encoded host');
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('the URL cannot be parsed');
  }
  // Already excluded by the form above; asked again of the parser, which is what we connect by.
  if (url.username !== '' || url.password !== '') throw invalid('the URL has userinfo');
  // WHATWG lets a host have characters such as $ ( ; = which no DNS name of a provider has.
  if (!/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/.test(url.hostname)) throw invalid('the URL has a host with unusual characters');
  return url;
}

function refuseUnlessPublic(protocol: string, hostname: string, port: number, authority: string, rules: UrlRules): void {
  if (protocol !== 'https:') throw blocked(authority, 'only https is allowed');
  if (!rules.ports.has(port)) throw blocked(authority, `port ${port} is not one of ${[...rules.ports].join(', ')}`);
  if (isIP(hostname) !== 0) {
    const { global, name } = rules.classify(hostname);
    if (!global) throw blocked(authority, `its address is not public (${name})`);
    return;
  }
  const why = whyNotPublicName(hostname);
  if (why) throw blocked(authority, `the host ${why}`);
}

const defaultPort = (protocol: string): number => (protocol === 'https:' ? 443 : 80);

const invalid = (message: string): EgressError => new EgressError('EGRESS_URL_INVALID', message);

const blocked = (authority: string, why: string): EgressError =>
  new EgressError('EGRESS_BLOCKED', `${authority} is refused: ${why}; the operator can except an exact host:port`);
