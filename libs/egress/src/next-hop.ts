import { EgressError } from './egress-error.js';
import type { CheckedUrl } from './parse-url.js';

/** One request as it goes out. */
export interface Hop {
  readonly url: CheckedUrl;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | undefined;
}

export const maxRedirects = 3;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * What may cross to another origin. A list of what to strip (authorization, cookie, x-api-key) would miss the next provider's own header
 * (`x-shopify-access-token`, `developer-token`, …), so it is a list of what to keep.
 */
const keptAcrossOrigins: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

/**
 * The next request after a redirect, or undefined when the answer is not one. Pure; `check` runs the full URL and origin rules again.
 *
 * Methods change as in the Fetch standard (HTTP-redirect fetch): 303 always becomes GET (HEAD stays), 301 and 302 turn POST into GET, 307 and
 * 308 repeat. A body is never repeated to another origin: 307 and 308 from a token endpoint would hand over code and client secret.
 *
 * @throws EgressError from `check`, or `EGRESS_BLOCKED` when the redirects are too many or would move a body to another origin.
 */
export function nextHop(hop: Hop, status: number, location: string | undefined, followed: number, check: (url: string) => CheckedUrl): Hop | undefined {
  if (!redirectStatuses.has(status) || location === undefined) return undefined;
  if (followed >= maxRedirects) throw new EgressError('EGRESS_BLOCKED', `${hop.url.authority} redirected more than ${maxRedirects} times`);
  const url = check(resolveLocation(location, hop.url));
  const crossing = url.origin !== hop.url.origin;
  const toGet = (status === 303 && hop.method !== 'HEAD' && hop.method !== 'GET') || (status <= 302 && hop.method === 'POST');
  const body = toGet ? undefined : hop.body;
  if (crossing && body !== undefined) {
    throw new EgressError('EGRESS_BLOCKED', `${hop.url.authority} redirected a request with a body to another origin (${url.authority})`);
  }
  const headers = Object.entries(hop.headers).filter(([name]) => (crossing ? keptAcrossOrigins.has(name) : !(toGet && name.startsWith('content-'))));
  return { url, method: toGet ? 'GET' : hop.method, headers: Object.fromEntries(headers), body };
}

function resolveLocation(location: string, base: CheckedUrl): string {
  // An absolute location is judged as it is written; only a relative one goes through the parser first.
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location;
  try {
    return new URL(location, base.href).href;
  } catch {
    throw new EgressError('EGRESS_URL_INVALID', `${base.authority} redirected to a location that cannot be parsed`);
  }
}
