import { platforms, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import { platformWithin, requireManager } from '../access/require-manager.js';
import type { RegistryParts } from '../registry-parts.js';
import { platformColumns, toPlatform, type PlatformRow } from './to-platform.js';

type Contract = typeof platforms.get;

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function getPlatform({ database }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const platformId = platformWithin(requireManager(principal), id);
  const [row] = await inReach(database, principal, (tx) => tx.query<PlatformRow[]>(`SELECT ${platformColumns} FROM registry.platform WHERE id = $1`, [platformId]));
  if (row === undefined) throw AppError.notFound('platform', id);
  return toPlatform(row);
}
