import { mayDo, type Principal, type Scope } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** A principal bound to one project: the only tenant its requests reach. */
export type ProjectPrincipal = Principal & { readonly platformId: string; readonly projectId: string };

/**
 * The tenant of a request, read from the principal and nowhere else.
 * @throws AppError AUTHORIZATION if the principal belongs to no project or lacks the scope
 */
export function requireProject(who: Principal, wanted: Scope): ProjectPrincipal {
  const { platformId, projectId } = who;
  if (platformId === null || projectId === null) {
    throw new AppError('AUTHORIZATION', 'This key belongs to no project. Use a key that was made for one project (api-keys with "projectId").');
  }
  if (!mayDo(who, wanted)) throw new AppError('AUTHORIZATION', `This needs the scope ${wanted}, which the key does not have.`, { params: { scope: wanted } });
  return { ...who, platformId, projectId };
}
