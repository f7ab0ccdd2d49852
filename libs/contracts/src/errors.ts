import { z } from 'zod';

/**
 * The whole vocabulary of failures, each with its HTTP status and whether the same request may succeed later.
 * Codes in the first block are the ones the references document.
 */
export const errorCodes = {
  VALIDATION: { status: 400, retryable: false },
  AUTHENTICATION: { status: 401, retryable: false },
  AUTHORIZATION: { status: 403, retryable: false },
  PERMISSION_DENIED: { status: 403, retryable: false },
  ENTITY_NOT_FOUND: { status: 404, retryable: false },
  INVALID_APP_CONNECTION: { status: 400, retryable: false },

  CONFLICT: { status: 409, retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  RATE_LIMITED: { status: 429, retryable: true },

  /** The authorization's state is unknown, used, expired, or does not belong to this browser, connector or provider. */
  AUTHORIZATION_STATE_INVALID: { status: 400, retryable: false },
  /** The person or the provider refused consent. */
  AUTHORIZATION_DENIED: { status: 400, retryable: false },
  /** The provider refused to exchange the code. */
  AUTHORIZATION_FAILED: { status: 400, retryable: false },
  RETURN_URL_NOT_ALLOWED: { status: 400, retryable: false },
  /** The connect link is unknown, used, revoked or expired. */
  CONNECT_LINK_INVALID: { status: 404, retryable: false },
  /** No OAuth app (client id and secret) is configured for the connector. */
  OAUTH_APP_MISSING: { status: 400, retryable: false },

  /** The credential no longer works and only the person can mend it. */
  CREDENTIAL_NEEDS_RECONNECT: { status: 409, retryable: false },
  CONNECTION_DISABLED: { status: 409, retryable: false },
  /** The refresh failed lately; it is not tried again before `params.retryAfterSeconds`. */
  CREDENTIAL_COOLDOWN: { status: 503, retryable: true },
  /** Our OAuth app is refused by the provider: an operator must mend it. */
  CONNECTOR_MISCONFIGURED: { status: 502, retryable: false },
  PROVIDER_UNAVAILABLE: { status: 502, retryable: true },

  SERVICE_UNAVAILABLE: { status: 503, retryable: true },
  INTERNAL: { status: 500, retryable: false },
} as const;

export type ErrorCode = keyof typeof errorCodes;
export const errorCode = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

/** Anything that may help the caller, `message` first. Never a secret, a stack or an internal name. */
export const errorParams = z.looseObject({ message: z.string() });
export type ErrorParams = z.output<typeof errorParams>;

/** How an error crosses NATS. */
export const wireError = z.object({ code: errorCode, params: errorParams });
export type WireError = z.output<typeof wireError>;

/** How an error leaves by HTTP. */
export const httpError = z.object({
  statusCode: z.int(),
  code: errorCode,
  params: errorParams,
  requestId: z.string(),
});
