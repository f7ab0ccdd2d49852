import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { requireManager } from '../access/require-manager.js';
import type { RegistryParts } from '../registry-parts.js';
import { ApiKeyRow } from './api-key.entity.js';
import { toApiKey } from './to-api-key.js';

type Contract = typeof apiKeys.revoke;

/** From now on the key is refused. Revoking again changes nothing, the first moment stays. */
export async function revokeApiKey({ database }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { platformId } = requireManager(principal);
  const where = platformId === null ? { id } : { id, platformId };
  const rows = database.getRepository(ApiKeyRow);
  await rows.update(where, { revokedAt: () => 'coalesce(revoked_at, now())' });
  const row = await rows.findOneBy(where);
  if (row === null) throw AppError.notFound('api_key', id);
  return toApiKey(row);
}
