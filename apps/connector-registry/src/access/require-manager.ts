import { mayDo, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** Which platforms a principal may manage: one, or (the operator) every one. */
export type Reach = { readonly platformId: string | null };

/**
 * Who may make projects, users and keys: the operator anywhere, an admin key of a platform in that platform. An admin key bound to a
 * project is none of these: it would otherwise reach beyond its project.
 * @throws AppError AUTHORIZATION
 */
export function requireManager(who: Principal): Reach {
  if (who.kind === 'operator') return { platformId: null };
  if (who.platformId !== null && who.projectId === null && mayDo(who, 'admin')) return { platformId: who.platformId };
  throw new AppError('AUTHORIZATION', "This needs the installation's admin key, or a key of the platform (without project) that has the scope admin.", {
    params: { scope: 'admin' },
  });
}

/**
 * The platform a new thing belongs to: the one asked for, or the only one within reach.
 * @throws AppError VALIDATION if it must be named, ENTITY_NOT_FOUND if it is not within reach (as if it did not exist)
 */
export function platformWithin(reach: Reach, wanted: string | undefined): string {
  const platformId = wanted ?? reach.platformId;
  if (platformId === null) {
    const issues = [{ path: 'platformId', message: 'is needed' }];
    throw new AppError('VALIDATION', 'platformId: is needed, because this key is bound to no platform.', { params: { issues } });
  }
  if (reach.platformId !== null && platformId !== reach.platformId) throw AppError.notFound('platform', platformId);
  return platformId;
}
