import { pino, destination as openDestination, type Logger } from 'pino';
import type { LoggerService } from '@nestjs/common';
import { AppError } from './app-error.js';
import { currentTrace } from './trace.js';

export type { Logger };

/** Member names that never reach a log, whoever passes them and however deep (two levels: pino's paths are fixed). */
const secretNames = [
  'authorization', 'cookie', 'password', 'token', 'accessToken', 'access_token', 'refreshToken', 'refresh_token', 'idToken', 'id_token',
  'clientSecret', 'client_secret', 'secret', 'secretText', 'secret_text', 'apiKey', 'api_key', 'key', 'code', 'codeVerifier', 'code_verifier', 'state', 'value',
];
const redactedPaths = [
  ...secretNames,
  ...secretNames.map((name) => `*.${name}`),
  ...secretNames.map((name) => `*.*.${name}`),
  'headers["x-api-key"]', '*.headers["x-api-key"]', 'headers["set-cookie"]', '*.headers["set-cookie"]',
];

/** `errorCode`, because `code` is an OAuth code's name and redacted. Our errors: code and message and the chain of causes. Nothing else of an error object is trusted to be free of secrets. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    type: error.name,
    ...(error instanceof AppError ? { errorCode: error.code } : 'code' in error ? { errorCode: String(error.code) } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

export interface LoggerOptions {
  service: string;
  level: string;
  /** `stdout`, `stderr` or a path. */
  destination: string;
}

/** JSON lines with time, level, service and message; secrets redacted by type ({@link Secret}) and by name. */
export function createLogger(options: LoggerOptions): Logger {
  const target = options.destination === 'stdout' ? 1 : options.destination === 'stderr' ? 2 : options.destination;
  const stream = openDestination({ dest: target, sync: false, minLength: 0, mkdir: true });
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '[secret]' },
      serializers: { error: describeError, err: describeError },
        messageKey: 'message',
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined ? {} : { requestId: trace.requestId };
      },
    },
    stream,
  );
}

/** Nest's own words, through the same logger. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: 'debug' | 'error' | 'warn' | 'trace' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const fields = typeof context === 'string' ? { context } : {};
    if (message instanceof Error) this.#logger[level]({ ...fields, error: message }, message.message);
    else this.#logger[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
