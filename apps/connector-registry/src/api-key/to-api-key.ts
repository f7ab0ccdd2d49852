import type { apiKey, Scope } from '@trunkline/contracts';
import type { z } from 'zod';

/** A key's row without its digest, which only authentication reads. */
export interface ApiKeyRow {
  readonly id: string;
  readonly platform_id: string;
  readonly project_id: string | null;
  readonly user_id: string | null;
  readonly scopes: Scope[];
  readonly display_name: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}
export const apiKeyColumns = 'id, platform_id, project_id, user_id, scopes, display_name, expires_at, created_at, revoked_at';

/** A key as the outside sees it: without anything it could be guessed from. */
export const toApiKey = (row: ApiKeyRow): z.output<typeof apiKey> => ({
  id: row.id,
  platformId: row.platform_id,
  projectId: row.project_id,
  userId: row.user_id,
  displayName: row.display_name,
  scopes: row.scopes,
  expires: row.expires_at?.toISOString() ?? null,
  created: row.created_at.toISOString(),
  revoked: row.revoked_at?.toISOString() ?? null,
});
