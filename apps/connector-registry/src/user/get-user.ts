import { users, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import type { RegistryParts } from '../registry-parts.js';
import { requireRights } from './require-rights.js';
import { toUser, userColumns, type UserRow } from './to-user.js';

type Contract = typeof users.get;

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function getUser({ database }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  requireRights(principal, id);
  const platformId = principal.reach === 'installation' ? null : principal.platformId;
  const [row] = await inReach(database, principal, (tx) =>
    tx.query<UserRow[]>(`SELECT ${userColumns} FROM registry.app_user WHERE id = $1 AND ($2::text IS NULL OR platform_id = $2)`, [id, platformId]),
  );
  if (row === undefined) throw AppError.notFound('user', id);
  return toUser(row);
}
