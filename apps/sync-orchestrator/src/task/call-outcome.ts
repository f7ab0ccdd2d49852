import { ProviderError, type ProviderErrorKind } from '@trunkline/connector-kit';
import type { CallOutcome } from '@trunkline/contracts';

/** How reading a slice went, as a call on behalf of its connection. */
export interface SliceCall {
  readonly outcome: CallOutcome;
  readonly code: string | null;
}

export const succeeded: SliceCall = { outcome: 'succeeded', code: null };

const byKind: Readonly<Record<ProviderErrorKind, CallOutcome | null>> = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  unavailable: 'failed',
  malformed: 'failed',
  rejected: 'failed',
  looping: 'failed',
  // The provider asks for patience; nothing is wrong with the connection.
  rate_limited: null,
};

/**
 * What the end of a slice says of its connection; null if it says nothing: what went wrong on our side (database, NATS, a request that
 * was never sent), and what the keeper of credentials met, who tells it himself. Pure.
 */
export function callOf(error: unknown): SliceCall | null {
  if (!(error instanceof ProviderError)) return null;
  // Without an answer, `rejected` is our own word: a definition or a rule did not let the request out.
  if (error.kind === 'rejected' && error.status === null) return null;
  const outcome = byKind[error.kind];
  return outcome === null ? null : { outcome, code: error.status === null ? error.kind : `${error.kind}_${error.status}` };
}
