import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Secret } from '@trunkline/contracts';

/**
 * Who starts must finish (CORRECTNESS H21): a random value in the browser that started the walk. The broker keeps its hash with the
 * state and refuses a callback that comes from another browser.
 */
const cookieName = 'trunkline_browser';
const valuePattern = /^[A-Za-z0-9_-]{43}$/;
const lifeSeconds = 3_600;

export function readBinding(request: FastifyRequest): Secret | null {
  const value = request.cookies[cookieName];
  return value !== undefined && valuePattern.test(value) ? new Secret(value) : null;
}

/** The browser's value, or a fresh one; written back either way so that it outlives the walk. */
export function ensureBinding(request: FastifyRequest, reply: FastifyReply, publicUrl: string): Secret {
  const binding = readBinding(request) ?? new Secret(randomBytes(32).toString('base64url'));
  // Walks begin under /api and on the pages of connect links, and all end under /api.
  // Lax: the provider sends the browser back by a top-level navigation, which carries the cookie; nothing else from outside does.
  void reply.setCookie(cookieName, binding.reveal(), { httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'), path: '/', maxAge: lifeSeconds });
  return binding;
}
