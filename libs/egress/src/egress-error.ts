/**
 * Why a request did not come back with a complete answer.
 *
 * | code | meaning | retryable |
 * |---|---|---|
 * | `EGRESS_URL_INVALID` | the text is not an absolute http(s) URL in plain form | no |
 * | `EGRESS_BLOCKED` | a rule refused scheme, host, port, address, origin, header, method or redirect | no |
 * | `EGRESS_DNS` | the name could not be resolved | yes |
 * | `EGRESS_CONNECT` | no connection (refused, unreachable, or not within the connect timeout) | yes |
 * | `EGRESS_TLS` | the TLS handshake failed (certificate, host name, protocol) | yes: the far side may mend it |
 * | `EGRESS_TIMEOUT` | the total deadline passed | yes |
 * | `EGRESS_RESET` | the connection or the answer broke off, or was not HTTP, or could not be decompressed | yes |
 * | `EGRESS_TOO_LARGE` | the answer's headers or (decompressed) body passed the cap | no |
 * | `EGRESS_ABORTED` | the caller's signal fired, or this egress was closed | no |
 */
export type EgressErrorCode =
  | 'EGRESS_URL_INVALID'
  | 'EGRESS_BLOCKED'
  | 'EGRESS_DNS'
  | 'EGRESS_CONNECT'
  | 'EGRESS_TLS'
  | 'EGRESS_TIMEOUT'
  | 'EGRESS_RESET'
  | 'EGRESS_TOO_LARGE'
  | 'EGRESS_ABORTED';

const retryableCodes: ReadonlySet<EgressErrorCode> = new Set([
  'EGRESS_DNS',
  'EGRESS_CONNECT',
  'EGRESS_TLS',
  'EGRESS_TIMEOUT',
  'EGRESS_RESET',
]);

/**
 * The one error of this package.
 *
 * Its message names at most the host and port: never the path (webhook URLs and bot APIs carry tokens there), the query, the userinfo or a
 * header. There is no `cause`: undici's errors carry pieces of the answer and the socket, which loggers would print; what is safe to know of
 * the cause is its code, in {@link reason}.
 */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code: EgressErrorCode;
  /** Whether any byte of the request may have reached the server. False means: certainly not. */
  readonly sent: boolean;
  /** Whether the same request may succeed later. It does not say that repeating is safe: for that look at {@link sent}. */
  readonly retryable: boolean;
  /** The system's own code for the cause (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …), when there is one. */
  readonly reason: string | undefined;
  /** The answer's status, when only its body was too large. */
  readonly status: number | undefined;

  constructor(code: EgressErrorCode, message: string, details: { sent?: boolean; retryable?: boolean; reason?: string; status?: number } = {}) {
    super(message);
    this.code = code;
    this.sent = details.sent ?? false;
    this.retryable = details.retryable ?? retryableCodes.has(code);
    this.reason = details.reason;
    this.status = details.status;
  }

  /** The same failure, told of an exchange in which something had been sent before (an earlier hop of a redirect). */
  afterSending(): EgressError {
    return this.sent ? this : new EgressError(this.code, this.message, { sent: true, retryable: this.retryable, reason: this.reason, status: this.status });
  }
}
