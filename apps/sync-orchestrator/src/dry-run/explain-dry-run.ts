import { ProviderError, type ProviderErrorKind } from '@trunkline/connector-kit';
import type { ErrorCode } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { AskedRequest } from './watched-egress.js';

const codes: Readonly<Record<ProviderErrorKind, ErrorCode>> = {
  unauthorized: 'INVALID_APP_CONNECTION',
  forbidden: 'INVALID_APP_CONNECTION',
  rate_limited: 'PROVIDER_UNAVAILABLE',
  unavailable: 'PROVIDER_UNAVAILABLE',
  // What the definition says and what the provider answers do not meet: whoever writes it must know where.
  rejected: 'VALIDATION',
  malformed: 'VALIDATION',
  looping: 'VALIDATION',
};

/** Why nothing could be shown, to the person who writes the definition. */
export function explainDryRun(error: unknown, { stream, request, signal }: { stream: string; request: AskedRequest | null; signal: AbortSignal }): unknown {
  if (signal.aborted) return new AppError('PROVIDER_UNAVAILABLE', 'The first page was not there within 20 seconds.', { params: { stream, request } });
  if (!(error instanceof ProviderError)) return error;
  const { kind, status, message } = error;
  return new AppError(codes[kind], `${message}.`, { params: { stream, kind, status, request, ...(codes[kind] === 'VALIDATION' ? { issues: [{ path: `streams.${stream}`, message }] } : {}) }, cause: error });
}
