import { mayDo, type Principal } from '@trunkline/contracts';
import type { Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { TenantPrincipal } from '../access/require-tenant.js';
import type { ConnectionRow } from './connection.entity.js';

/** True for an admin whose reach is a platform or more, whichever project the request names. */
export const managesPlatform = (who: Principal): boolean => who.reach !== 'project' && mayDo(who, 'admin');

/** Whose rows a request about named connections may touch. An admin of the platform that works in a project still sees what is the platform's. */
export const tenantOf = (who: TenantPrincipal): Tenant => ({ platformId: who.platformId, projectId: managesPlatform(who) ? null : who.projectId });

type Owned = Pick<ConnectionRow, 'ownerId' | 'scope'>;

/** Only the owner or an admin changes a credential; what belongs to the project itself is changed by its own keys, what is the platform's by its admins. */
export const mayChange = (connection: Owned, who: Principal): boolean =>
  connection.scope === 'PLATFORM' ? managesPlatform(who) : connection.ownerId === who.userId || mayDo(who, 'admin');

/** @throws AppError AUTHORIZATION; `deed` completes "Only … may …" */
export function requireMayChange(connection: Owned, who: Principal, deed: string): void {
  if (mayChange(connection, who)) return;
  const whom = connection.scope === 'PLATFORM' ? 'an admin of the platform' : 'the owner of a connection or an admin';
  throw new AppError('AUTHORIZATION', `Only ${whom} may ${deed}.`);
}
