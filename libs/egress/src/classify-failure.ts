import { EgressError } from './egress-error.js';
import type { EgressErrorCode } from './egress-error.js';

/** OpenSSL's verification codes and Node's TLS errors, as they appear in `error.code`. */
const tlsCodes =
  /^(?:CERT_|CRL_|ERR_TLS_|ERR_SSL_|ERROR_IN_CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|(?:HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO)$)/;

/**
 * Put undici's and Node's errors into our words. Pure.
 *
 * @param started whether undici had a connection and began to write: from then on the server may have acted on the request
 */
export function classifyFailure(error: unknown, authority: string, started: boolean): EgressError {
  if (error instanceof EgressError) return started ? error.afterSending() : error;
  const code = (error as { code?: unknown } | null)?.code;
  const reason = typeof code === 'string' ? code : undefined;
  const fail = (as: EgressErrorCode, message: string): EgressError => new EgressError(as, message, { sent: started, reason });
  if (reason === 'UND_ERR_DESTROYED' || reason === 'UND_ERR_CLOSED') return fail('EGRESS_ABORTED', `the egress is closed; ${authority} was not asked`);
  if (started) {
    if (reason === 'UND_ERR_HEADERS_OVERFLOW') return fail('EGRESS_TOO_LARGE', `the headers of ${authority}'s answer are too large`);
    return fail('EGRESS_RESET', `the connection to ${authority} broke off before the answer was complete${because(reason)}`);
  }
  if (reason === 'UND_ERR_INVALID_ARG') return fail('EGRESS_BLOCKED', `the request to ${authority} cannot be written as HTTP/1.1`);
  if (reason === 'UND_ERR_CONNECT_TIMEOUT') return fail('EGRESS_CONNECT', `no connection to ${authority} within the connect timeout`);
  if (reason !== undefined && tlsCodes.test(reason)) return fail('EGRESS_TLS', `the TLS handshake with ${authority} failed${because(reason)}`);
  return fail('EGRESS_CONNECT', `no connection to ${authority}${because(reason)}`);
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${reason})`);
