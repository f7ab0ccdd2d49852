import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { platformWithin, requireManager, type Reach } from '../access/require-manager.js';
import { requirePlatform } from '../platform/require-platform.js';
import { requireProjectRow } from '../project/require-project-row.js';
import type { RegistryParts } from '../registry-parts.js';
import { UserRow } from '../user/user.entity.js';
import { ApiKeyRow } from './api-key.entity.js';
import { mintApiKey } from './api-key.js';
import { toApiKey } from './to-api-key.js';

type Contract = typeof apiKeys.create;

/** Makes a key of a project (or of the platform) and shows it, this once. */
export async function createApiKey(parts: RegistryParts, { principal, apiKey }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { database } = parts;
  const platformId = await platformOfKey(parts, requireManager(principal), apiKey);
  const { userId = null, projectId = null, scopes, displayName } = apiKey;
  if (userId !== null && !(await database.getRepository(UserRow).existsBy({ id: userId, platformId }))) throw AppError.notFound('user', userId);
  const { id, key, digest } = mintApiKey();
  const rows = database.getRepository(ApiKeyRow);
  await rows.insert({ id, digest, platformId, projectId, userId, displayName, scopes: [...new Set(scopes)] });
  return { ...toApiKey(await rows.findOneByOrFail({ id })), key };
}

/** The project names its platform; without a project the platform is named, or is the only one within reach. */
async function platformOfKey({ database }: RegistryParts, reach: Reach, { projectId, platformId }: RequestOf<Contract>['apiKey']): Promise<string> {
  if (projectId === undefined) {
    const own = platformWithin(reach, platformId);
    await requirePlatform(database, own);
    return own;
  }
  const project = await requireProjectRow(database, reach, projectId);
  if (platformId !== undefined && platformId !== project.platformId) throw AppError.notFound('project', projectId);
  return project.platformId;
}
