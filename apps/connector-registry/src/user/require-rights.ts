import type { Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { requireManager } from '../access/require-manager.js';
import { rightsOverUser } from '../access/reach.js';

/**
 * What the principal may do with the account. A person who asks for another's learns not even whether there is one.
 * @throws AppError ENTITY_NOT_FOUND, or AUTHORIZATION for a key that has nothing to do with accounts
 */
export function requireRights(who: Principal, userId: string): 'all' | 'own' {
  const rights = rightsOverUser(who, userId);
  if (rights !== 'none') return rights;
  if (who.kind === 'user') throw AppError.notFound('user', userId);
  requireManager(who);
  return 'all';
}
