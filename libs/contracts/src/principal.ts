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

/**
 * Who is calling. Made only by `principals.authenticate`; every tenant-bound request carries it, and the tenant is read from
 * nowhere else. `operator` is the installation's own admin key: it manages platforms and is bound to none.
 */
export const principal = z.object({
  kind: z.enum(['operator', 'api_key', 'user']),
  id: z.string().min(1).max(128),
  platformId: platformId.nullable(),
  projectId: projectId.nullable(),
  /** The user it acts for; connections it makes are owned by that user. */
  userId: userId.nullable(),
  scopes: z.array(scope),
});
export type Principal = z.output<typeof principal>;

/** True if the principal may do what the scope names. */
export const mayDo = (who: Principal, wanted: Scope): boolean => who.scopes.includes('admin') || who.scopes.includes(wanted);
