import { mayDo, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

export interface OwnerOfApp {
  readonly platformId: string;
  readonly projectId: string | null;
}

/**
 * Whose app a principal may store: the operator anyone's, an admin key of a platform that platform's or one of its projects', an
 * admin key of a project its own. What lies outside answers as if it did not exist.
 *
 * Whether a project belongs to the platform only the registry knows; an app is looked up by both, so one stored under a pair that
 * does not exist is never used.
 * @throws AppError AUTHORIZATION, ENTITY_NOT_FOUND, VALIDATION
 */
export function ownerOfOauthApp(who: Principal, wanted: { platformId?: string; projectId?: string }): OwnerOfApp {
  if (who.kind === 'operator') {
    if (wanted.platformId !== undefined) return { platformId: wanted.platformId, projectId: wanted.projectId ?? null };
    const issues = [{ path: 'platformId', message: 'is needed' }];
    throw new AppError('VALIDATION', 'platformId: is needed, because this key is bound to no platform.', { params: { issues } });
  }
  if (who.platformId === null || !mayDo(who, 'admin')) {
    throw new AppError('AUTHORIZATION', 'Storing an OAuth app needs a key with the scope admin.', { params: { scope: 'admin' } });
  }
  if (wanted.platformId !== undefined && wanted.platformId !== who.platformId) throw AppError.notFound('platform', wanted.platformId);
  if (who.projectId === null) return { platformId: who.platformId, projectId: wanted.projectId ?? null };
  if (wanted.projectId !== undefined && wanted.projectId !== who.projectId) throw AppError.notFound('project', wanted.projectId);
  return { platformId: who.platformId, projectId: who.projectId };
}
