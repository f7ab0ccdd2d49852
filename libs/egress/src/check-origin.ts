import { EgressError } from './egress-error.js';
import type { CheckedUrl } from './parse-url.js';

/**
 * A secret goes only to the origins it is bound to (RFC 6454 tuples: scheme, host and port, compared exactly). `undefined` means the request
 * carries no secret; an empty list refuses everything, and an entry that is not an http(s) URL allows nothing. Pure.
 *
 * @throws EgressError `EGRESS_BLOCKED`
 */
export function checkOrigin(url: CheckedUrl, allowedOrigins: readonly string[] | undefined): void {
  if (allowedOrigins === undefined || allowedOrigins.some((allowed) => allowed === url.origin || originOf(allowed) === url.origin)) return;
  throw new EgressError('EGRESS_BLOCKED', `${url.authority} is refused: it is not one of the origins this credential is bound to`);
}

function originOf(text: string): string | undefined {
  try {
    return new URL(text).origin; // "null" for other schemes, which no http(s) origin equals
  } catch {
    return undefined;
  }
}
