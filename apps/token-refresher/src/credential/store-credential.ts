import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { credentialStored, type AuthMethodName } from '@trunkline/contracts';
import { Outbox } from '@trunkline/persistence';
import type { TokenSchedule } from '../refresh/refresh-policy.js';

/** A verified, sealed credential on its way into the table. */
export interface NewCredential {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string;
  readonly ownerId: string | null;
  readonly connector: string;
  readonly type: AuthMethodName;
  readonly inputs: Readonly<Record<string, string>>;
  readonly sealed: Buffer;
  readonly allowedOrigins: readonly string[];
  readonly oauthAppId: string | null;
  readonly tokenType: string;
  readonly scopes: readonly string[];
  readonly refreshable: boolean;
  readonly account: { readonly id: string | null; readonly name: string | null };
  readonly schedule: TokenSchedule;
  /** Since the provider issued the access token, in seconds. */
  readonly ageSeconds: number;
}

/**
 * A replacement takes the lease and the intent away from whoever is refreshing the former value: the fence they hold is an old one, so
 * their token is refused when it comes. The version goes on counting. What a person disabled stays disabled.
 */
const upsert = `
  INSERT INTO tokens.credential AS stored (
    connection_id, platform_id, project_id, owner_id, connector, type, inputs, sealed, allowed_origins, oauth_app_id, token_type, scopes,
    refreshable, account_id, account_name, access_lifetime_seconds, access_expires_at, refresh_due_at, version, stored_at
  ) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::float8,
    clock_timestamp() + make_interval(secs => $16::float8 - $18::float8), clock_timestamp() + make_interval(secs => $17::float8 - $18::float8), 1, clock_timestamp()
  )
  ON CONFLICT (connection_id) DO UPDATE SET
    owner_id = excluded.owner_id, connector = excluded.connector, type = excluded.type, inputs = excluded.inputs, sealed = excluded.sealed,
    allowed_origins = excluded.allowed_origins, oauth_app_id = excluded.oauth_app_id, token_type = excluded.token_type, scopes = excluded.scopes,
    refreshable = excluded.refreshable, account_id = excluded.account_id, account_name = excluded.account_name,
    access_lifetime_seconds = excluded.access_lifetime_seconds, access_expires_at = excluded.access_expires_at, refresh_due_at = excluded.refresh_due_at,
    version = stored.version + 1, lease_fence = stored.lease_fence + 1, lease_owner = NULL, lease_until = NULL,
    intent_id = NULL, intent_token_digest = NULL, intent_at = NULL, settled_intent_id = NULL,
    status = CASE WHEN stored.status = 'disabled' THEN 'disabled' ELSE 'usable' END, status_reason = NULL,
    failures = 0, next_attempt_at = NULL, last_error_code = NULL, refused_token_digest = NULL, refused_at = NULL, suspect_token_digest = NULL,
    last_refreshed_at = NULL, stored_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE stored.deleted_at IS NULL AND stored.project_id = excluded.project_id AND stored.platform_id = excluded.platform_id
  RETURNING version::float8 AS version, access_expires_at AS "expiresAt"`;

/** Writes a credential and tells it, in one transaction. */
@Injectable()
export class StoreCredential {
  readonly #database: DataSource;
  readonly #outbox: Outbox;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
  }

  /** @returns undefined if the connection was deleted, or the id belongs to another tenant */
  store(value: NewCredential): Promise<{ version: number; expiresAt: Date | null } | undefined> {
    const { connectionId, platformId, projectId, connector, account, schedule } = value;
    return this.#database.transaction(async (tx) => {
      const [row] = (await tx.query(upsert, [
        connectionId,
        platformId,
        projectId,
        value.ownerId,
        connector,
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
      ])) as { version: number; expiresAt: Date | null }[];
      if (row === undefined) return undefined;
      await this.#outbox.addEvent(tx, credentialStored, { connectionId, platformId, projectId, connector, credentialVersion: row.version, account }, connectionId);
      return row;
    });
  }
}
