import { mayDo, type Principal, type Scope } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** A principal that works in one platform; without a project, in all of it. */
export type TenantPrincipal = Principal & { readonly platformId: string };

/**
 * The tenant of a request, read from the principal and nowhere else: one project, or (keys and admins of a platform that name none) the
 * whole platform.
 * @throws AppError AUTHORIZATION if the principal works in no platform, or is one of projects and names none, or lacks the scope
 */
export function requireTenant(who: Principal, wanted: Scope): TenantPrincipal {
  const { platformId } = who;
  if (platformId === null || (who.reach === 'project' && who.projectId === null)) {
    throw new AppError('AUTHORIZATION', 'This works in no project yet. Name the project ("projectId"), or use a key that was made for one.');
  }
  if (!mayDo(who, wanted)) throw new AppError('AUTHORIZATION', `This needs the scope ${wanted}, which the key does not have.`, { params: { scope: wanted } });
  return { ...who, platformId };
}
