import type { FastifyReply, FastifyRequest } from 'fastify';
import { connections, type Principal, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';
import { ensureBinding } from './browser-binding.js';
import { keepPrivate } from './keep-private.js';

interface Caller {
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Begins a walk through consent that only the browser which gets this answer can finish. */
export function beginAuthorization(
  rpc: RpcClient,
  { principal, request, reply }: Caller,
  publicUrl: string,
  walk: Omit<RequestOf<typeof connections.authorize>, 'principal' | 'browserBinding'>,
): Promise<ReplyOf<typeof connections.authorize>> {
  keepPrivate(reply);
  return rpc.call(connections.authorize, { principal, ...walk, browserBinding: ensureBinding(request, reply, publicUrl) });
}
