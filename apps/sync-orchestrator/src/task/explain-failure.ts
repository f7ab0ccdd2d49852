import { ProviderError, type ProviderErrorKind } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';
import type { ErrorCode } from '@trunkline/contracts';
import { BudgetSpent } from '../budget/budget-spent.js';
import { DestinationFailure } from '../destination/destination-failure.js';

/** Why a task could not go on, in words a person can use. */
export interface Cause {
  readonly code: string;
  readonly message: string;
}

export type Failure =
  /** May pass by itself. `waitMs`: how long the other side asked to wait; `counts`: whether it is held against the task. */
  | { readonly kind: 'later'; readonly cause: Cause; readonly waitMs: number | null; readonly counts: boolean }
  /** Only a person can mend it. */
  | { readonly kind: 'failed'; readonly cause: Cause }
  /** What was to be read is gone. */
  | { readonly kind: 'cancelled'; readonly cause: Cause };

const byProviderKind: Readonly<Record<ProviderErrorKind, { code: string; kind: 'later' | 'failed' }>> = {
  unauthorized: { code: 'credential_rejected', kind: 'failed' },
  forbidden: { code: 'insufficient_scope', kind: 'failed' },
  rate_limited: { code: 'rate_limited', kind: 'later' },
  unavailable: { code: 'provider_unavailable', kind: 'later' },
  rejected: { code: 'request_rejected', kind: 'failed' },
  // A gateway in between answers in HTML for a minute: bounded by attempts like the others.
  malformed: { code: 'malformed_answer', kind: 'later' },
  looping: { code: 'pagination_loop', kind: 'failed' },
};

const advice: Partial<Record<ProviderErrorKind, string>> = {
  unauthorized: 'Reconnect the connection.',
  forbidden: 'Reconnect it with the scopes this stream needs.',
};

const byAppCode: Partial<Record<ErrorCode, { code: string; kind: Failure['kind']; counts?: boolean }>> = {
  // The keeper has no credential of that connection (any more): it was deleted, and the event that says so is on its way.
  ENTITY_NOT_FOUND: { code: 'connection_deleted', kind: 'cancelled' },
  CREDENTIAL_NEEDS_RECONNECT: { code: 'reauth_required', kind: 'failed' },
  // Likewise: a person disabled it a moment ago.
  CONNECTION_DISABLED: { code: 'connection_disabled', kind: 'cancelled' },
  CONNECTOR_MISCONFIGURED: { code: 'connector_misconfigured', kind: 'failed' },
  CREDENTIAL_COOLDOWN: { code: 'credential_cooldown', kind: 'later' },
  PROVIDER_UNAVAILABLE: { code: 'provider_unavailable', kind: 'later' },
  // A part of the platform is being restarted: nobody's fault, and no reason to give anything up.
  SERVICE_UNAVAILABLE: { code: 'platform_unavailable', kind: 'later', counts: false },
};

/** What a failure means for the task. Pure. Anything unknown is our own fault: tried again, told without details. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof DestinationFailure) return error.failure;
  if (error instanceof ProviderError) {
    const { code, kind } = byProviderKind[error.kind];
    const message = [`${error.message}.`, advice[error.kind]].filter((part) => part !== undefined).join(' ');
    return kind === 'failed' ? { kind, cause: { code, message } } : { kind, cause: { code, message }, waitMs: error.retryAfterMs, counts: !(error instanceof BudgetSpent) };
  }
  if (error instanceof AppError) {
    const known = byAppCode[error.code];
    const cause = { code: known?.code ?? 'internal', message: error.message };
    if (known?.kind === 'failed' || known?.kind === 'cancelled') return { kind: known.kind, cause };
    return { kind: 'later', cause, waitMs: waitOf(error), counts: known?.counts ?? true };
  }
  return { kind: 'later', cause: { code: 'internal', message: 'Something went wrong on our side.' }, waitMs: null, counts: true };
}

function waitOf(error: AppError): number | null {
  const seconds = error.params['retryAfterSeconds'];
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
}
