import type { ReplyOf, RequestOf } from '@trunkline/contracts';
import { newId, platforms } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { RegistryParts } from '../registry-parts.js';
import { PlatformRow } from './platform.entity.js';

type Contract = typeof platforms.create;

/** Only the operator makes platforms. Twice makes two: a platform's name is no key. */
export async function createPlatform({ database }: RegistryParts, { principal, platform }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  if (principal.kind !== 'operator') throw new AppError('AUTHORIZATION', "Only the installation's admin key (TRUNKLINE_ADMIN_KEY) makes platforms.");
  const platformsOfAll = database.getRepository(PlatformRow);
  const id = newId('platform');
  await platformsOfAll.insert({ id, name: platform.name });
  const { name, createdAt, updatedAt } = await platformsOfAll.findOneByOrFail({ id });
  return { id, name, created: createdAt.toISOString(), updated: updatedAt.toISOString() };
}
