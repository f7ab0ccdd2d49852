import type { Principal, Scope } from '@trunkline/contracts';
import type { Sql, Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { sameDigest } from '../api-key/api-key.js';
import { refused } from './refused.js';

interface KeyRow {
  digest: Buffer;
  platform_id: string;
  project_id: string | null;
  user_id: string | null;
  scopes: Scope[];
  named_project: string | null;
}

/** On the path of every request: one prepared read by primary keys. */
const findKey: Statement = {
  name: 'find_api_key',
  text: `SELECT k.digest, k.platform_id, k.project_id, k.user_id, k.scopes, p.id AS named_project
    FROM registry.api_key k
    LEFT JOIN registry.app_user u ON u.id = k.user_id
    LEFT JOIN registry.project p ON p.id = $2 AND p.platform_id = k.platform_id
    WHERE k.id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND (k.user_id IS NULL OR u.enabled)`,
};

/** Compared with where there is no row, so that an unknown key costs what a wrong one costs. */
const nothing = Buffer.alloc(32);

/** @throws AppError AUTHENTICATION; ENTITY_NOT_FOUND for a named project that the key does not reach */
export async function authenticateKey(sql: Sql, { id, digest }: { id: string; digest: Buffer }, projectId: string | undefined): Promise<Principal> {
  const row = await sql.first<KeyRow & Record<string, unknown>>(findKey, [id, projectId ?? null]);
  if (!sameDigest(digest, row?.digest ?? nothing) || row === undefined) throw refused();
  const bound = row.project_id;
  const unreached = bound === null ? row.named_project === null : bound !== projectId;
  if (projectId !== undefined && unreached) throw AppError.notFound('project', projectId);
  const base = { kind: 'api_key', id, platformId: row.platform_id, userId: row.user_id, scopes: row.scopes } as const;
  return bound === null ? { ...base, reach: 'platform', projectId: row.named_project } : { ...base, reach: 'project', projectId: bound };
}
