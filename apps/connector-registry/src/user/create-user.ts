import { newId, users, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { platformWithin, requireManager } from '../access/require-manager.js';
import { requirePlatform } from '../platform/require-platform.js';
import type { RegistryParts } from '../registry-parts.js';
import { UserRow } from './user.entity.js';

type Contract = typeof users.create;

/** SQLSTATE unique_violation. The constraint decides, not a look beforehand: two requests at once would both see nothing. */
const uniqueViolation = '23505';

/** Makes a user of a platform. @throws AppError CONFLICT if the email is taken there, in whatever case */
export async function createUser({ database }: RegistryParts, { principal, user }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const platformId = platformWithin(requireManager(principal), user.platformId);
  await requirePlatform(database, platformId);
  const rows = database.getRepository(UserRow);
  const id = newId('user');
  try {
    await rows.insert({ ...user, id, platformId });
  } catch (error) {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    throw new AppError('CONFLICT', 'A user with this email exists in the platform already.', { params: { field: 'email' } });
  }
  const { createdAt, updatedAt, ...row } = await rows.findOneByOrFail({ id });
  return { ...row, created: createdAt.toISOString(), updated: updatedAt.toISOString() };
}
