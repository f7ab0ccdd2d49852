import { newId, users, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import { platformWithin, requireManager } from '../access/require-manager.js';
import { recordAudit } from '../audit/record-audit.js';
import { requirePlatform } from '../platform/require-platform.js';
import type { RegistryParts } from '../registry-parts.js';
import { hashPassword } from './password.js';
import { toUser, userColumns, type UserRow } from './to-user.js';

type Contract = typeof users.create;

/** SQLSTATE unique_violation. The constraint decides, not a look beforehand: two requests at once would both see nothing. */
const uniqueViolation = '23505';

/** Makes a user of a platform. @throws AppError CONFLICT if the email is taken there, in whatever case */
export async function createUser({ database }: RegistryParts, { principal, user }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const platformId = platformWithin(requireManager(principal), user.platformId);
  const passwordHash = user.password === undefined ? null : await hashPassword(user.password);
  const id = newId('user');
  try {
    return await inReach(database, principal, async (tx) => {
      await requirePlatform(tx, platformId);
      const [row] = await tx.query<UserRow[]>(
        `INSERT INTO registry.app_user (id, platform_id, email, first_name, last_name, platform_role, password_hash) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${userColumns}`,
        [id, platformId, user.email, user.firstName, user.lastName, user.platformRole, passwordHash],
      );
      const details = { platformRole: user.platformRole, password: passwordHash !== null };
      await recordAudit(tx, { who: principal, tenant: { platformId, projectId: null }, action: 'user.created', target: { type: 'user', id }, details });
      return toUser(row!);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    throw new AppError('CONFLICT', 'A user with this email exists in the platform already.', { params: { field: 'email' } });
  }
}
