import { mayDo, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

export interface OwnerOfApp {
  /** Null: the installation. */
  readonly platformId: string | null;
  readonly projectId: string | null;
}

/** @throws AppError AUTHORIZATION */
export function requireAdmin(who: Principal): void {
  if (who.reach === 'installation' || (who.platformId !== null && mayDo(who, 'admin'))) return;
  throw new AppError('AUTHORIZATION', 'OAuth apps are for admins: a key with the scope admin, or a person who is one.', { params: { scope: 'admin' } });
}

/**
 * Whose app a principal may store: the operator anyone's and the built-in ones, an admin of a platform that platform's or one of its
 * projects', an admin of a project its own. What lies outside answers as if it did not exist.
 *
 * Whether a project belongs to the platform only the registry knows; an app is looked up by both, so one stored under a pair that
 * does not exist is never used.
 * @throws AppError AUTHORIZATION, ENTITY_NOT_FOUND, VALIDATION
 */
export function ownerOfOauthApp(who: Principal, wanted: { platformId?: string; projectId?: string; builtIn?: boolean }): OwnerOfApp {
  requireAdmin(who);
  if (wanted.builtIn === true) return builtIn(who, wanted);
  if (who.reach === 'installation') {
    const platformId = wanted.platformId ?? who.platformId;
    if (platformId !== null) return { platformId, projectId: wanted.projectId ?? null };
    throw invalid('platformId', 'is needed, because this key is bound to no platform; or say builtIn for an app of every platform');
  }
  if (wanted.platformId !== undefined && wanted.platformId !== who.platformId) throw AppError.notFound('platform', wanted.platformId);
  if (who.reach === 'platform') return { platformId: who.platformId, projectId: wanted.projectId ?? who.projectId };
  if (wanted.projectId !== undefined && wanted.projectId !== who.projectId) throw AppError.notFound('project', wanted.projectId);
  return { platformId: who.platformId, projectId: who.projectId };
}

function builtIn(who: Principal, wanted: { platformId?: string; projectId?: string }): OwnerOfApp {
  if (who.reach !== 'installation') throw new AppError('AUTHORIZATION', 'Built-in OAuth apps are stored by the operator alone. Leave builtIn out to store one for your platform.');
  if (wanted.platformId === undefined && wanted.projectId === undefined) return { platformId: null, projectId: null };
  throw invalid(wanted.platformId === undefined ? 'projectId' : 'platformId', 'must be left out: a built-in app belongs to no platform');
}

/** Whether a principal may change or remove an app that it can see. */
export function owns(who: Principal, app: OwnerOfApp): boolean {
  if (who.reach === 'installation') return true;
  if (app.platformId === null || app.platformId !== who.platformId) return false;
  return who.reach === 'platform' || app.projectId === who.projectId;
}

const invalid = (path: string, message: string): AppError => new AppError('VALIDATION', `${path}: ${message}.`, { params: { issues: [{ path, message }] } });
