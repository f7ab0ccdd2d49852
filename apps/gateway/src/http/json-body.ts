import type { FastifyRequest } from 'fastify';
import { AppError } from '@trunkline/service';
import { refuseHostile } from './refuse-hostile.js';

const hasBody = ({ headers }: FastifyRequest): boolean => headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']);

/** JSON is the only form a body has here: no form fields (which any page may send), no text. */
export function requireJson(request: FastifyRequest): void {
  if (!hasBody(request)) return;
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType !== 'application/json') throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The content type is not supported: send application/json.');
}

/** The body's value; undefined for an empty one, whatever its content type says. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AppError('VALIDATION', 'The request body is not valid JSON.', { cause });
  }
  refuseHostile(value);
  return value;
}
