import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import type { RegistryParts } from '../registry-parts.js';
import { managed, managedBy } from './managed-keys.js';
import { apiKeyColumns, toApiKey, type ApiKeyRow } from './to-api-key.js';

type Contract = typeof apiKeys.get;

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function getApiKey({ database }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const within = managedBy(principal);
  const [row] = await inReach(database, principal, (tx) => tx.query<ApiKeyRow[]>(`SELECT ${apiKeyColumns} FROM registry.api_key WHERE ${managed} AND id = $3`, [...within, id]));
  if (row === undefined) throw AppError.notFound('api_key', id);
  return toApiKey(row);
}
