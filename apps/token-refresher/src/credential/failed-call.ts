import type { CallOutcome } from '@trunkline/contracts';

/** How a call ended, as it is told: a short stable reason, never a provider's own words. */
export interface Call {
  readonly outcome: CallOutcome;
  readonly code: string | null;
}

/** Of ours: nothing was sent, so there was no call. */
const noCall = new Set(['oauth_app_unavailable', 'host_busy', 'lease_too_old', 'not_sent', 'expired']);
/** RFC 6749 §5.2, and those of ours that tell how a call ended. Any other code is a provider's invention. */
const stable = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_scope', 'invalid_request', 'unsupported_grant_type', 'access_denied', 'no_answer', 'unexpected']);

/** What is told of a refresh that ended with this code; null: there was no call to the provider. */
export function failedCall(errorCode: string): Call | null {
  if (noCall.has(errorCode)) return null;
  return { outcome: 'failed', code: stable.has(errorCode) || /^http_\d{3}$/.test(errorCode) ? errorCode : 'provider_error' };
}

/** What is told of an answer with this status. Null: none came. */
export function refusedCall(status: number | null): Call {
  const outcome = status === 401 ? 'unauthorized' : status === 403 ? 'forbidden' : 'failed';
  return { outcome, code: status === null ? 'no_answer' : `http_${status}` };
}
