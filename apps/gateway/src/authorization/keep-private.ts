import type { FastifyReply } from 'fastify';

/** Answers on the way through consent: kept nowhere, told to nobody, and with nothing of anybody else's in them. */
export function keepPrivate(reply: FastifyReply): void {
  void reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
}
