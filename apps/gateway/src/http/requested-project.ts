import type { FastifyRequest } from 'fastify';
import { projectId } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { Endpoint } from './endpoint.js';

const memberOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, 'projectId') ? (value as { projectId: unknown }).projectId : undefined;

/**
 * The project a request names: the header `x-project-id` or `?projectId=` on every route of a tenant, and the body's member where the
 * reference sends it there. The guard asks whether the principal reaches it.
 */
export function requestedProject(definition: Endpoint, request: FastifyRequest): string | undefined {
  if (definition.access.kind === 'public') return undefined;
  const named = [request.headers['x-project-id'], memberOf(request.query), definition.projectInBody === true ? memberOf(request.body) : undefined].filter((value) => value !== undefined);
  const ids = named.map((value) => {
    const result = projectId.safeParse(value);
    if (!result.success) throw new AppError('VALIDATION', 'projectId: must be the id of one project', { params: { in: 'query' } });
    return result.data;
  });
  if (new Set(ids).size > 1) throw new AppError('VALIDATION', 'projectId: the header x-project-id, the query and the body name different projects', { params: { in: 'query' } });
  return ids[0];
}
