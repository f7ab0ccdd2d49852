import { mayDo, type Principal, type Scope } from '@trunkline/contracts';
import type { Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';

/** No project has this id: who reaches only a project and is in none reaches nothing. */
const nowhere = '-';

/** How far a principal reaches in matters of tenancy, whichever project it works in just now. */
export function reachOf({ reach, platformId, projectId }: Principal): Tenant {
  if (reach === 'installation') return { platformId: null, projectId: null };
  // Without a platform the second wall would not stand, so a principal that should have one and has none gets nowhere.
  if (platformId === null) throw new AppError('AUTHORIZATION', 'This key belongs to no platform.');
  return { platformId, projectId: reach === 'platform' ? null : (projectId ?? nowhere) };
}

/**
 * Who may manage members and keys: who manages the platform, anywhere in it, and an admin of one project, in that project.
 * @throws AppError AUTHORIZATION
 */
export function requireAdmin(who: Principal): Tenant {
  if (mayDo(who, 'admin')) return reachOf(who);
  throw new AppError('AUTHORIZATION', 'This needs an admin: of the project, of its platform, or of the installation.', { params: { scope: 'admin' } });
}

/** The members of a project are shown to its admins and to its members; a key with fewer rights has no use for people's addresses. */
export function requireAdminOrPerson(who: Principal): Tenant {
  return who.kind === 'user' ? reachOf(who) : requireAdmin(who);
}

/**
 * The project something is about: the one asked for, or the one the principal works in.
 * @throws AppError VALIDATION if it must be named, ENTITY_NOT_FOUND if it is not within reach (as if it did not exist)
 */
export function projectWithin(who: Principal, wanted: string | undefined): string {
  const projectId = wanted ?? who.projectId;
  if (projectId === null) {
    const issues = [{ path: 'projectId', message: 'is needed' }];
    throw new AppError('VALIDATION', 'projectId: is needed, because this request names no project.', { params: { issues } });
  }
  if (who.reach === 'project' && projectId !== who.projectId) throw AppError.notFound('project', projectId);
  return projectId;
}

/** Nobody gives rights that he does not have. @throws AppError AUTHORIZATION */
export function requireNoWiderScopes(who: Principal, given: readonly Scope[]): void {
  const wider = given.filter((scope) => !mayDo(who, scope));
  if (wider.length > 0) throw new AppError('AUTHORIZATION', `You cannot give scopes that you do not have: ${wider.join(', ')}.`, { params: { scopes: wider } });
}

/** The rights a person has over an account: all of them, those over his own, or none. */
export function rightsOverUser(who: Principal, userId: string): 'all' | 'own' | 'none' {
  if (who.reach !== 'project' && mayDo(who, 'admin')) return 'all';
  // A key that acts for a user is not that user: it could otherwise change the password and become it.
  return who.kind === 'user' && who.userId === userId ? 'own' : 'none';
}
