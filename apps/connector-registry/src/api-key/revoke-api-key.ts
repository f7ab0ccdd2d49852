import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { managed, managedBy } from './managed-keys.js';
import { apiKeyColumns, toApiKey, type ApiKeyRow } from './to-api-key.js';

type Contract = typeof apiKeys.revoke;

/** From now on the key is refused. Revoking again changes nothing, the first moment stays. */
export async function revokeApiKey({ database }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const within = managedBy(principal);
  return inReach(database, principal, async (tx) => {
    const [found] = await tx.query<ApiKeyRow[]>(`SELECT ${apiKeyColumns} FROM registry.api_key WHERE ${managed} AND id = $3 FOR NO KEY UPDATE`, [...within, id]);
    if (found === undefined) throw AppError.notFound('api_key', id);
    if (found.revoked_at !== null) return toApiKey(found);
    const [[row]] = await tx.query<[ApiKeyRow[], number]>(`UPDATE registry.api_key SET revoked_at = now() WHERE id = $1 RETURNING ${apiKeyColumns}`, [id]);
    const tenant = { platformId: found.platform_id, projectId: found.project_id };
    await recordAudit(tx, { who: principal, tenant, action: 'api_key.revoked', target: { type: 'api_key', id } });
    return toApiKey(row!);
  });
}
