import type { FastifyRequest } from 'fastify';

/** A browser asks for HTML; a program asks for JSON or for anything. */
export const wantsPage = (request: Pick<FastifyRequest, 'headers'>): boolean => (request.headers.accept ?? '').includes('text/html');
