import type { EntityManager } from 'typeorm';
import type { AuthMethodName, ConnectionType } from '@trunkline/contracts';
import type { TokenSchedule } from '../refresh/refresh-policy.js';
import { connectionOf } from './token-id.js';

/** A verified, sealed credential on its way into the table. */
export interface NewCredential {
  /** Of the row: the connection's, or a further token's own. */
  readonly connectionId: string;
  /** Null: the connection's first. */
  readonly tokenName: string | null;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly projectIds: readonly string[];
  readonly ownerId: string | null;
  readonly connector: string;
  readonly type: AuthMethodName;
  readonly connectionType: ConnectionType;
  readonly inputs: Readonly<Record<string, string>>;
  readonly sealed: Buffer;
  readonly allowedOrigins: readonly string[];
  readonly oauthAppId: string | null;
  /** The signing key it names; a key that is in use is not deleted. */
  readonly signingKeyId: string | null;
  readonly tokenType: string;
  readonly scopes: readonly string[];
  readonly refreshable: boolean;
  readonly account: { readonly id: string | null; readonly name: string | null };
  readonly schedule: TokenSchedule;
  /** Of the refresh token, in seconds from its issue; null: none, or not said. */
  readonly refreshExpiresInSeconds: number | null;
  /** Since the provider issued the access token, in seconds. */
  readonly ageSeconds: number;
  readonly allowOtherAccount: boolean;
}

/** A tombstone refuses what comes late. Only a further token may come back: whether its connection is still there was asked before. */
const mayReplace = `(stored.deleted_at IS NULL OR stored.token_name IS NOT NULL) AND stored.platform_id = excluded.platform_id AND stored.project_id IS NOT DISTINCT FROM excluded.project_id`;

/**
 * A replacement takes the lease and the intent away from whoever is refreshing the former value: the fence they hold is an old one, so
 * their token is refused when it comes. The version goes on counting. What a person disabled stays disabled, and who may use it stays as
 * the registry configured it. Whose account it is, is compared under the row's lock: two at once do not slip by each other.
 */
const upsert = `
  INSERT INTO tokens.credential AS stored (
    connection_id, platform_id, project_id, owner_id, connector, type, inputs, sealed, allowed_origins, oauth_app_id, token_type, scopes,
    refreshable, account_id, account_name, access_lifetime_seconds, access_expires_at, refresh_due_at, version, stored_at,
    connection_type, project_ids, signing_key_id, refresh_expires_at, refresh_lifetime_seconds, base_connection_id, token_name
  ) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::float8,
    clock_timestamp() + make_interval(secs => $16::float8 - $18::float8), clock_timestamp() + make_interval(secs => $17::float8 - $18::float8), 1, clock_timestamp(),
    $19, $20, $22, clock_timestamp() + make_interval(secs => $23::float8 - $18::float8), $23::float8, $24, $25
  )
  ON CONFLICT (connection_id) DO UPDATE SET
    owner_id = CASE WHEN stored.configured_version > 0 THEN stored.owner_id ELSE excluded.owner_id END,
    project_ids = CASE WHEN stored.configured_version > 0 THEN stored.project_ids ELSE excluded.project_ids END,
    connector = excluded.connector, type = excluded.type, connection_type = excluded.connection_type, inputs = excluded.inputs, sealed = excluded.sealed,
    allowed_origins = excluded.allowed_origins, oauth_app_id = excluded.oauth_app_id, token_type = excluded.token_type, scopes = excluded.scopes,
    signing_key_id = excluded.signing_key_id, refreshable = excluded.refreshable, account_id = excluded.account_id, account_name = excluded.account_name,
    access_lifetime_seconds = excluded.access_lifetime_seconds, access_expires_at = excluded.access_expires_at, refresh_due_at = excluded.refresh_due_at,
    version = stored.version + 1, lease_fence = stored.lease_fence + 1, lease_owner = NULL, lease_until = NULL,
    intent_id = NULL, intent_token_digest = NULL, intent_at = NULL, settled_intent_id = NULL,
    status = CASE WHEN stored.status = 'disabled' THEN 'disabled' ELSE 'usable' END,
    status_when_enabled = CASE WHEN stored.status = 'disabled' THEN 'usable' END, status_reason = NULL,
    failures = 0, next_attempt_at = NULL, last_error_code = NULL, refused_token_digest = NULL, refused_at = NULL, suspect_token_digest = NULL,
    last_refreshed_at = NULL, success_told_at = NULL,
    refresh_expires_at = excluded.refresh_expires_at, refresh_lifetime_seconds = excluded.refresh_lifetime_seconds, expiring_told_for = NULL,
    broken_at = NULL, probed_at = NULL, second_broken = NULL, deleted_at = NULL, stored_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE ${mayReplace} AND ($21 OR stored.account_id IS NULL OR stored.account_id IS NOT DISTINCT FROM excluded.account_id)
  RETURNING (version + second_told)::float8 AS version, access_expires_at AS "expiresAt"`;

/** @returns undefined if it may not be stored; the version as it is told */
export async function writeCredential(tx: EntityManager, value: NewCredential): Promise<{ version: number; expiresAt: Date | null } | undefined> {
  const { projectId, account, schedule } = value;
  const [row] = (await tx.query(upsert, [
    value.connectionId,
    value.platformId,
    projectId,
    value.ownerId,
    value.connector,
    value.type,
    value.inputs,
    value.sealed,
    value.allowedOrigins,
    value.oauthAppId,
    value.tokenType,
    value.scopes,
    value.refreshable,
    account.id,
    account.name,
    schedule.lifetimeSeconds,
    schedule.dueInSeconds,
    value.ageSeconds,
    value.connectionType,
    projectId === null ? value.projectIds : [projectId],
    value.allowOtherAccount,
    value.signingKeyId,
    value.refreshExpiresInSeconds,
    value.tokenName === null ? null : connectionOf(value.connectionId),
    value.tokenName,
  ])) as { version: number; expiresAt: Date | null }[];
  return row;
}
