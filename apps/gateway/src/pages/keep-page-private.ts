import type { FastifyReply } from 'fastify';
import { keepPrivate } from '../authorization/keep-private.js';

/**
 * A page that a person acts on: never in a frame, without script, and found by no search engine. Its pictures are in the page itself.
 * @param forms where its forms may lead; browsers look at the redirect that follows a form, too
 */
export function keepPagePrivate(reply: FastifyReply, forms = "'none'"): void {
  keepPrivate(reply);
  void reply
    .header('content-security-policy', `default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action ${forms}`)
    .header('x-frame-options', 'DENY')
    .header('x-robots-tag', 'noindex');
}
