import type { FastifyRequest } from 'fastify';
import { AppError } from '@trunkline/service';
import { endpointOfRequest } from './endpoint.js';

export const formType = 'application/x-www-form-urlencoded';
const jsonType = 'application/json';

const hasBody = ({ headers }: FastifyRequest): boolean => headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']);

/** JSON is the only form a body has here: no form fields (which any page may send), no text. Only our own pages' forms are sent as forms. */
export function requireMediaType(request: FastifyRequest): void {
  if (!hasBody(request)) return;
  const wanted = endpointOfRequest(request)?.form === true ? formType : jsonType;
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType !== wanted) throw new AppError('UNSUPPORTED_MEDIA_TYPE', `The content type is not supported: send ${wanted}.`);
}
