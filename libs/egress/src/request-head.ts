import { EgressError } from './egress-error.js';

/** Methods that can be sent. CONNECT opens a tunnel past every check; TRACE echoes credentials back (RFC 9110 section 9.3.8). */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Headers that decide where the request goes or where it ends; only this module and undici write them. `host` above all: undici takes the TLS
 * server name from it, so that a caller's value would choose whose certificate is accepted.
 * RFC 9110 section 7.6.1 (connection-specific fields), RFC 9112 section 6 (framing).
 */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection', 'content-length', 'expect', 'host', 'http2-settings', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]);

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Visible ASCII, space, tab and obs-text; no CR, LF, NUL (RFC 9110 section 5.5) and nothing that latin1 cannot carry. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

export type HeaderMap = Readonly<Record<string, string>>;

/** The method in capitals. Pure. @throws EgressError `EGRESS_BLOCKED` for one that is not sent from here. */
export function requestMethod(method: string): string {
  const upper = method.toUpperCase();
  if (!methods.has(upper)) throw new EgressError('EGRESS_BLOCKED', `the method is not one of ${[...methods].join(', ')}`);
  return upper;
}

/**
 * The caller's headers, lower-cased, over our defaults. Pure.
 *
 * @throws EgressError `EGRESS_BLOCKED` naming the header (never its value) for one that is reserved or cannot be written on the wire.
 */
export function requestHeaders(given: HeaderMap | undefined, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = Object.assign(Object.create(null), {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': userAgent,
  });
  for (const [name, value] of Object.entries(given ?? {})) {
    const lower = name.toLowerCase();
    if (!token.test(lower)) throw new EgressError('EGRESS_BLOCKED', 'a header name has characters that are not allowed in one');
    if (ownHeaders.has(lower) || lower.startsWith('proxy-')) {
      throw new EgressError('EGRESS_BLOCKED', `the header ${lower} is written by the egress module itself`);
    }
    if (typeof value !== 'string' || !fieldValue.test(value)) {
      throw new EgressError('EGRESS_BLOCKED', `the value of the header ${lower} is not a string that can be sent (control or non-latin1 characters)`);
    }
    headers[lower] = value;
  }
  return headers;
}
