import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../settings.js';
import type { ApiKeys } from './api-keys.js';
import { authenticate, requireScope } from './authenticate.js';
import type { Caller, FindAccessToken } from './authenticate.js';
import type { RateLimit } from './rate-limit.js';

/** What a request needs to get in. */
export interface GateParts {
  findAccessToken: FindAccessToken;
  apiKeys: ApiKeys;
  rateLimit: RateLimit;
  settings: Settings;
}

/** Lets a request in: known credential, within its rate limit, with the scope. In this order, so that an unknown caller costs no quota. */
export async function enter(parts: GateParts, request: FastifyRequest, reply: FastifyReply, scope?: string): Promise<Caller> {
  const caller = await authenticate(request.headers, parts.findAccessToken, parts.apiKeys);
  reply.headers(parts.rateLimit.take(caller.credential, parts.settings.rateLimit));
  if (scope !== undefined) requireScope(caller, scope);
  return caller;
}
