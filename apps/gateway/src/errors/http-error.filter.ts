import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { audits, type ErrorCode } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';
import { AppError, type Logger } from '@trunkline/service';
import { allowedMethods } from '../http/allowed-methods.js';
import { endpointOfRequest } from '../http/endpoint.js';
import { errorPage } from '../pages/error-page.js';
import { keepPagePrivate } from '../pages/keep-page-private.js';
import { wantsPage } from '../pages/wants-page.js';
import { deniedAttempt } from './denied-attempt.js';

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'VALIDATION',
  401: 'AUTHENTICATION',
  403: 'AUTHORIZATION',
  404: 'ENTITY_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'VALIDATION',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'VALIDATION',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  503: 'SERVICE_UNAVAILABLE',
};

/** Messages of the HTTP layer in our own words: the originals quote the request. */
const messages: Partial<Record<ErrorCode, string>> = {
  ENTITY_NOT_FOUND: 'There is nothing at this path.',
  PAYLOAD_TOO_LARGE: 'The request body is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'The content type is not supported: send application/json.',
  VALIDATION: 'The request is not well formed: the body must be valid JSON and the URL well encoded.',
};

/** Whatever was thrown, as an {@link AppError}. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : Number((thrown as { statusCode?: unknown } | null)?.statusCode);
  const code = codesByStatus[status];
  if (code !== undefined) return new AppError(code, messages[code] ?? 'The request was refused.', { cause: thrown });
  return new AppError('INTERNAL', 'Something went wrong on our side.', { cause: thrown });
}

/** `{ statusCode, code, params, requestId }`, for every failure there is. Who was refused something is in the audit log first. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  readonly #logger: Logger;
  readonly #rpc: RpcClient;

  constructor(logger: Logger, rpc: RpcClient) {
    this.#logger = logger;
    this.#rpc = rpc;
  }

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = otherMethod(toAppError(thrown), request, reply);
    await this.#record(error, request);
    if (endpointOfRequest(request)?.media === 'text/html' && wantsPage(request)) sendErrorPage(error, request, reply, this.#logger);
    else sendError(error, request, reply, this.#logger);
  }

  async #record(error: AppError, request: FastifyRequest): Promise<void> {
    const denied = deniedAttempt(error, request);
    if (denied === undefined) return;
    try {
      await this.#rpc.call(audits.denied, denied);
    } catch (failure) {
      this.#logger.error({ error: failure, requestId: request.id, action: denied.action }, 'a refused attempt is not in the audit log');
    }
  }
}

/** A path that is there for other methods is not missing (RFC 9110 §15.5.6). */
function otherMethod(error: AppError, request: FastifyRequest, reply: FastifyReply): AppError {
  if (!request.is404) return error;
  const allowed = allowedMethods(request.url.split('?', 1)[0]!);
  if (allowed.length === 0) return error;
  void reply.header('allow', allowed.join(', '));
  return new AppError('METHOD_NOT_ALLOWED', `This path takes ${allowed.join(', ')} only.`, { params: { allowed } });
}

export function sendError(error: AppError, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  note(error, request, logger);
  writeError(error, request, reply);
}

/** To a person in a browser. */
function sendErrorPage(error: AppError, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  note(error, request, logger);
  keepPagePrivate(reply);
  void retryAfter(error, reply).status(error.status).type('text/html; charset=utf-8').send(errorPage(error));
}

/** A provider or a service that is away is told to the caller and counted; only what is our own fault is an error here. */
function note(error: AppError, request: FastifyRequest, logger: Logger): void {
  if (error.code === 'INTERNAL') logger.error({ error, requestId: request.id, route: request.routeOptions.url }, 'a request failed');
}

function retryAfter(error: AppError, reply: FastifyReply): FastifyReply {
  const seconds = Number(error.params.retryAfterSeconds);
  return Number.isFinite(seconds) && seconds > 0 ? reply.header('retry-after', String(Math.ceil(seconds))) : reply;
}

export function writeError(error: AppError, request: Pick<FastifyRequest, 'id'>, reply: FastifyReply): void {
  void retryAfter(error, reply);
  if (error.code === 'AUTHENTICATION') void reply.header('www-authenticate', 'Bearer realm="trunkline"');
  void reply
    .status(error.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send({ statusCode: error.status, code: error.code, params: error.params, requestId: request.id });
}
