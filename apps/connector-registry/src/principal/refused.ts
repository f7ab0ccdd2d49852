import { AppError } from '@trunkline/service';

/** The one answer to everything that is not valid. */
export const refused = (cause?: unknown): AppError =>
  new AppError('AUTHENTICATION', 'This key or token is not valid: it is unknown, has expired or been revoked, or its user is disabled.', { cause });
