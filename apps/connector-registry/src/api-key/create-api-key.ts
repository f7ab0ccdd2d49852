import { apiKeys, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { inReach } from '../access/in-reach.js';
import { platformWithin } from '../access/require-manager.js';
import { projectWithin, requireAdmin, requireNoWiderScopes } from '../access/reach.js';
import { recordAudit } from '../audit/record-audit.js';
import { requirePlatform } from '../platform/require-platform.js';
import { platformOfProject } from '../project/platform-of-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { mintApiKey } from './api-key.js';
import { apiKeyColumns, toApiKey, type ApiKeyRow } from './to-api-key.js';

type Contract = typeof apiKeys.create;
type Request = RequestOf<Contract>;

/** Makes a key of a project (or of the platform) and shows it, this once. Twice makes two. */
export async function createApiKey({ database }: RegistryParts, { principal, apiKey }: Request): Promise<ReplyOf<Contract>> {
  const reach = requireAdmin(principal);
  requireNoWiderScopes(principal, apiKey.scopes);
  // A key that was asked for in a project's name must not come out as one of the whole platform.
  const projectId = apiKey.projectId === undefined && principal.projectId === null && principal.reach !== 'project' ? null : projectWithin(principal, apiKey.projectId);
  const { userId = null, displayName, expires = null } = apiKey;
  const { id, key, digest } = mintApiKey();
  return inReach(database, principal, async (tx) => {
    const platformId = await platformOfKey(tx, reach, projectId, apiKey.platformId);
    await requireUser(tx, { platformId, userId, memberOf: principal.reach === 'project' ? projectId : null });
    await requireFuture(tx, expires);
    const [row] = await tx.query<ApiKeyRow[]>(
      `INSERT INTO registry.api_key (id, digest, platform_id, project_id, user_id, scopes, display_name, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${apiKeyColumns}`,
      [id, digest, platformId, projectId, userId, [...new Set(apiKey.scopes)], displayName, expires],
    );
    const details = { scopes: row!.scopes, userId };
    await recordAudit(tx, { who: principal, tenant: { platformId, projectId }, action: 'api_key.created', target: { type: 'api_key', id }, details });
    return { ...toApiKey(row!), key };
  });
}

/** The project names its platform; without a project the platform is named, or is the only one within reach. */
async function platformOfKey(tx: EntityManager, reach: { readonly platformId: string | null }, projectId: string | null, wanted: string | undefined): Promise<string> {
  if (projectId === null) {
    const own = platformWithin(reach, wanted);
    await requirePlatform(tx, own);
    return own;
  }
  const platformId = await platformOfProject(tx, reach, projectId);
  if (wanted !== undefined && wanted !== platformId) throw AppError.notFound('project', projectId);
  return platformId;
}

/**
 * A key may act for any user of its platform, if a manager of the platform makes it. An admin of one project may name that project's
 * members only: others are none of his business.
 */
async function requireUser(tx: EntityManager, { platformId, userId, memberOf }: { platformId: string; userId: string | null; memberOf: string | null }): Promise<void> {
  if (userId === null) return;
  const found = await tx.query<unknown[]>(
    `SELECT FROM registry.app_user u WHERE u.id = $1 AND u.platform_id = $2
       AND ($3::text IS NULL OR EXISTS (SELECT FROM registry.member m WHERE m.user_id = u.id AND m.project_id = $3))`,
    [userId, platformId, memberOf],
  );
  if (found.length === 0) throw AppError.notFound('user', userId);
}

/** By the database's clock, which is the one that decides later whether the key has expired. */
async function requireFuture(tx: EntityManager, expires: string | null): Promise<void> {
  if (expires === null) return;
  const [row] = await tx.query<{ future: boolean }[]>('SELECT $1::timestamptz > now() AS future', [expires]);
  if (row?.future === true) return;
  throw new AppError('VALIDATION', 'expires: must be in the future.', { params: { issues: [{ path: 'expires', message: 'must be in the future' }] } });
}
