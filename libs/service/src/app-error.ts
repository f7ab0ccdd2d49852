import { errorCodes, type ErrorCode, type ErrorParams, type WireError } from '@trunkline/contracts';

/**
 * A failure with a stable code and a message fit for the caller. What only the log may see goes into `cause`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, message: string, options: { params?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.params = { ...options.params, message };
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }

  toWire(): WireError {
    return { code: this.code, params: this.params };
  }

  static fromWire(error: WireError): AppError {
    const { message, ...params } = error.params;
    return new AppError(error.code, message, { params });
  }

  /** `ENTITY_NOT_FOUND` in the reference's words; a foreign id and an unknown id answer alike. */
  static notFound(entityType: string, entityId: string): AppError {
    const words = entityType === 'app_connection' ? 'connection' : entityType.replaceAll('_', ' ');
    return new AppError('ENTITY_NOT_FOUND', `${words.charAt(0).toUpperCase()}${words.slice(1)} not found`, { params: { entityType, entityId } });
  }
}
