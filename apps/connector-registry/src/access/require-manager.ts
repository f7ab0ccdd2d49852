import { mayDo, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

/** Which platforms a principal may manage: one, or (the operator) every one. */
export type Reach = { readonly platformId: string | null };

/**
 * Who may make projects and users: the operator anywhere; an admin of a platform (a person, or a key of the platform with the scope
 * admin) in that platform. An admin of one project is none of these: he would otherwise reach beyond his project.
 * @throws AppError AUTHORIZATION
 */
export function requireManager(who: Principal): Reach {
  if (who.reach === 'installation') return { platformId: null };
  if (who.reach === 'platform' && who.platformId !== null && mayDo(who, 'admin')) return { platformId: who.platformId };
  throw new AppError('AUTHORIZATION', "This needs the installation's admin key, an admin of the platform, or a key of the platform (without project) that has the scope admin.", {
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
