import { z } from 'zod';
import { platformId, projectId, userId } from './kit/ids.js';

/** What an API key may do. `admin` implies the rest. */
export const scopes = [
  'connections:read',
  'connections:write',
  'tokens:resolve',
  'syncs:run',
  'flows:read',
  'flows:write',
  'audit:read',
  'admin',
] as const;
export const scope = z.enum(scopes);
export type Scope = z.output<typeof scope>;

export const platformRole = z.enum(['ADMIN', 'MEMBER']);
export type PlatformRole = z.output<typeof platformRole>;
export const projectRole = z.enum(['ADMIN', 'EDITOR', 'VIEWER']);
export type ProjectRole = z.output<typeof projectRole>;

/**
 * Who is calling. Made only by `principals.authenticate`; every tenant-bound request carries it, and the tenant is read from
 * nowhere else. `operator` is the installation's own admin key: it manages platforms and is bound to none.
 */
export const principal = z.object({
  kind: z.enum(['operator', 'api_key', 'user']),
  id: z.string().min(1).max(128),
  /** How far it reaches, whichever project it works in just now: the installation, one platform, or one project. */
  reach: z.enum(['installation', 'platform', 'project']),
  platformId: platformId.nullable(),
  /** The project it is bound to, or the one this request names (a project the principal reaches, or the request was refused). */
  projectId: projectId.nullable(),
  /** The user it acts for; connections it makes are owned by that user. */
  userId: userId.nullable(),
  scopes: z.array(scope),
});
export type Principal = z.output<typeof principal>;

/** True if the principal may do what the scope names. */
export const mayDo = (who: Principal, wanted: Scope): boolean => who.scopes.includes('admin') || who.scopes.includes(wanted);

/** What a project's members may do in it. Handing out tokens is for keys alone: a person has no use for one. */
export const scopesOfProjectRole: Readonly<Record<ProjectRole, readonly Scope[]>> = {
  ADMIN: ['admin'],
  EDITOR: ['connections:read', 'connections:write', 'syncs:run', 'flows:read', 'flows:write'],
  VIEWER: ['connections:read', 'flows:read'],
};
