import { users, type Principal, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { changedMembers } from '../access/changed-members.js';
import { inReach } from '../access/in-reach.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { endSessions } from '../session/end-sessions.js';
import { lockAdmins, requireAnotherAdmin } from './keep-an-admin.js';
import { hashPassword } from './password.js';
import { requireRights } from './require-rights.js';
import { toUser, userColumns, type UserRow } from './to-user.js';

type Contract = typeof users.update;
type Change = RequestOf<Contract>['change'];

/** Changes what is given. A new password, and `enabled: false`, end all sessions in the same transaction. */
export async function updateUser({ database }: RegistryParts, { principal, id, change }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const rights = requireRights(principal, id);
  if (rights === 'own' && (change.platformRole !== undefined || change.enabled !== undefined)) {
    throw new AppError('AUTHORIZATION', 'Your role, and whether your account is enabled, is for an admin of the platform to change.');
  }
  const passwordHash = change.password === undefined ? null : await hashPassword(change.password);
  return inReach(database, principal, async (tx) => {
    const found = await lockUser(tx, principal, id, change);
    const { password: _, ...members } = change;
    const changed = [...changedMembers(toUser(found), members), ...(passwordHash === null ? [] : ['password'])];
    if (changed.length === 0) return toUser(found);
    const [[row]] = await tx.query<[UserRow[], number]>(
      `UPDATE registry.app_user SET first_name = coalesce($2, first_name), last_name = coalesce($3, last_name), platform_role = coalesce($4, platform_role),
         enabled = coalesce($5, enabled)${passwordHash === null ? '' : ', password_hash = $6'}, updated_at = now() WHERE id = $1 RETURNING ${userColumns}`,
      [id, change.firstName, change.lastName, change.platformRole, change.enabled, ...(passwordHash === null ? [] : [passwordHash])],
    );
    const user = toUser(row!);
    if (passwordHash !== null || !user.enabled) await endSessions(tx, id);
    await recordAudit(tx, { who: principal, tenant: { platformId: user.platformId, projectId: null }, action: 'user.updated', target: { type: 'user', id }, details: { changed } });
    return user;
  });
}

/** @throws AppError ENTITY_NOT_FOUND, VALIDATION if the platform would be left without an admin */
async function lockUser(tx: EntityManager, who: Principal, id: string, { platformRole, enabled }: Change): Promise<UserRow> {
  const mayLockOut = who.kind === 'user' && who.platformId !== null && (platformRole === 'MEMBER' || enabled === false);
  if (mayLockOut) await lockAdmins(tx, who.platformId!);
  const platformId = who.reach === 'installation' ? null : who.platformId;
  const [found] = await tx.query<UserRow[]>(`SELECT ${userColumns} FROM registry.app_user WHERE id = $1 AND ($2::text IS NULL OR platform_id = $2) FOR NO KEY UPDATE`, [id, platformId]);
  if (found === undefined) throw AppError.notFound('user', id);
  if (mayLockOut && found.platform_role === 'ADMIN' && found.enabled) await requireAnotherAdmin(tx, found.platform_id, id);
  return found;
}
