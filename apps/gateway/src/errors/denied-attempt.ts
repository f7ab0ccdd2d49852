import type { FastifyRequest } from 'fastify';
import { audits, type Principal, type RequestOf } from '@trunkline/contracts';
import type { AppError } from '@trunkline/service';

type Denied = RequestOf<typeof audits.denied>;

/** `/api/v1/app-connections/:id/token` is about an `app_connection`. */
export function targetType(pattern: string): string {
  const noun = pattern.split('/').find((part) => part !== '' && part !== 'api' && part !== 'v1') ?? 'unknown';
  return noun.replaceAll('-', '_').replace(/sses$/, 'ss').replace(/(?<!s)s$/, '');
}

/** What the audit log keeps of a refusal; undefined if it is none, or of nobody. */
export function deniedAttempt(error: AppError, request: FastifyRequest & { principal?: Principal }): Denied | undefined {
  if (request.principal === undefined || (error.code !== 'AUTHORIZATION' && error.code !== 'PERMISSION_DENIED')) return undefined;
  const pattern = request.routeOptions.url ?? 'unknown';
  const params = (request.params ?? {}) as Record<string, string>;
  const id = params.id ?? Object.values(params)[0];
  return {
    principal: request.principal,
    action: `${request.method} ${pattern}`.slice(0, 100),
    target: { type: targetType(pattern), id: id === undefined ? null : id.slice(0, 128) },
    details: { code: error.code },
  };
}
