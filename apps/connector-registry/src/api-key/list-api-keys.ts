import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { projectWithin } from '../access/reach.js';
import { platformOfProject } from '../project/platform-of-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { managed, managedBy } from './managed-keys.js';
import { apiKeyColumns, toApiKey, type ApiKeyRow } from './to-api-key.js';

type Contract = typeof apiKeys.list;

/** The keys of the project the request names; of the whole platform if it names none. Revoked ones too: they stay for the record. */
export async function listApiKeys({ database, pages }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, limit, cursor } = request;
  const [platformId, own] = managedBy(principal);
  const named = request.projectId !== undefined || principal.projectId !== null;
  const projectId = named ? projectWithin(principal, request.projectId) : own;
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'api_keys', platformId, projectId }, { firstParameter: 3 }, (page) =>
    inReach(database, principal, async (tx) => {
      if (projectId !== null) await platformOfProject(tx, { platformId }, projectId);
      return tx.query<(ApiKeyRow & { cursor_at: string })[]>(
        `SELECT ${apiKeyColumns}, created_at::text AS cursor_at FROM registry.api_key WHERE ${managed} AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [platformId, projectId, ...page.values],
      );
    }),
  );
  return { data: rows.map(toApiKey), next, previous };
}
