import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Secret } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** A session in a browser: the token in a cookie that no script can read. */
const cookieName = 'trunkline_session';
/** What only a page of our own origin can know and send (it is in the answer that set the cookie). */
const csrfHeader = 'x-csrf-token';

const attributes = (publicUrl: string) => ({ httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'), path: '/api' }) as const;

export const readSessionCookie = (request: FastifyRequest): string | undefined => request.cookies[cookieName];

export function setSessionCookie(reply: FastifyReply, publicUrl: string, { token, expires }: { token: Secret; expires: string }): void {
  void reply.setCookie(cookieName, token.reveal(), { ...attributes(publicUrl), expires: new Date(expires) });
}

export function clearSessionCookie(reply: FastifyReply, publicUrl: string): void {
  void reply.clearCookie(cookieName, attributes(publicUrl));
}

/** Made from the session's token, so that nothing needs to be kept; it tells nothing of the token. */
export const csrfTokenOf = (sessionToken: string): string => createHash('sha256').update(`trunkline csrf\n${sessionToken}`).digest('base64url');

/**
 * A browser sends its cookie along whoever made it send the request. What changes something must therefore show that a page of ours did:
 * the token that the login answered, and no foreign `Origin`. Reading needs neither: a foreign page does not get to see the answer.
 * @throws AppError AUTHORIZATION
 */
export function refuseForgedRequest(request: FastifyRequest, sessionToken: string, publicUrl: string): void {
  if (request.method === 'GET') return;
  const given = Buffer.from(String(request.headers[csrfHeader] ?? ''));
  const wanted = Buffer.from(csrfTokenOf(sessionToken));
  const { origin } = request.headers;
  const foreign = origin !== undefined && origin !== new URL(publicUrl).origin;
  if (!foreign && given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new AppError('AUTHORIZATION', `A request with the session's cookie must come from ${new URL(publicUrl).origin} and bring the login's csrfToken as ${csrfHeader}. Or send the token as "Authorization: Bearer <token>".`);
}
