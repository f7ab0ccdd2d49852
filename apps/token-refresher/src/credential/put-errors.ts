import type { Target } from '@trunkline/connector-kit';
import { AppError } from '@trunkline/service';

/** What was given cannot be connected with; a person must give something else. */
export const invalidConnection = (connector: string, message: string, params: Record<string, unknown> = {}): AppError =>
  new AppError('INVALID_APP_CONNECTION', message, { params: { connector, ...params } });

/** Nothing is known about the credential, so nothing was stored. */
export function providerSilent({ connector: { id, name } }: Target, what: string, retryAfterMs: number | null): AppError {
  const retryAfterSeconds = Math.ceil((retryAfterMs ?? 30_000) / 1_000);
  const message = `${name} could not be asked whether the credential is valid: ${what}. Nothing was stored; try again in ${retryAfterSeconds} seconds.`;
  return new AppError('PROVIDER_UNAVAILABLE', message, { params: { connector: id, retryAfterSeconds } });
}
