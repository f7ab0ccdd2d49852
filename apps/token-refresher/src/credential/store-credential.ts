import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { credentialStored, type AuthMethodName, type ConnectionType } from '@trunkline/contracts';
import { Outbox, tellAudit } from '@trunkline/persistence';
import { ownedLive } from '../signing-key/signing-key.js';
import type { TokenSchedule } from '../refresh/refresh-policy.js';
import { keeper } from './audited-keeper.js';
import { applyConfiguration, lockConnection, takeEarlyConfiguration } from './configuration.js';

/** A verified, sealed credential on its way into the table. */
export interface NewCredential {
  readonly connectionId: string;
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
  /** Since the provider issued the access token, in seconds. */
  readonly ageSeconds: number;
  readonly allowOtherAccount: boolean;
}

export type Stored =
  | { readonly kind: 'stored'; readonly version: number; readonly expiresAt: Date | null }
  /** The connection was deleted, or the id belongs to another tenant. */
  | { readonly kind: 'gone' }
  /** The signing key it names is there no more. */
  | { readonly kind: 'no_key' }
  /** The connection belongs to another account, and that may not change. Nothing was replaced. */
  | { readonly kind: 'other_account'; readonly expected: NewCredential['account'] };

const mayReplace = `stored.deleted_at IS NULL AND stored.platform_id = excluded.platform_id AND stored.project_id IS NOT DISTINCT FROM excluded.project_id`;

/**
 * A replacement takes the lease and the intent away from whoever is refreshing the former value: the fence they hold is an old one, so
 * their token is refused when it comes. The version goes on counting. What a person disabled stays disabled, and who may use it stays as
 * the registry configured it. Whose account it is, is compared under the row's lock: two at once do not slip by each other.
 */
const upsert = `
  INSERT INTO tokens.credential AS stored (
    connection_id, platform_id, project_id, owner_id, connector, type, inputs, sealed, allowed_origins, oauth_app_id, token_type, scopes,
    refreshable, account_id, account_name, access_lifetime_seconds, access_expires_at, refresh_due_at, version, stored_at,
    connection_type, project_ids, signing_key_id
  ) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::float8,
    clock_timestamp() + make_interval(secs => $16::float8 - $18::float8), clock_timestamp() + make_interval(secs => $17::float8 - $18::float8), 1, clock_timestamp(),
    $19, $20, $22
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
    last_refreshed_at = NULL, success_told_at = NULL, stored_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE ${mayReplace} AND ($21 OR stored.account_id IS NULL OR stored.account_id IS NOT DISTINCT FROM excluded.account_id)
  RETURNING version::float8 AS version, access_expires_at AS "expiresAt"`;

const whose = `
  SELECT account_id AS id, account_name AS name FROM tokens.credential
  WHERE connection_id = $1 AND deleted_at IS NULL AND platform_id = $2 AND project_id IS NOT DISTINCT FROM $3`;

/** Writes a credential and tells it, in one transaction: the former one is destroyed by its commit and not before. */
@Injectable()
export class StoreCredential {
  readonly #database: DataSource;
  readonly #outbox: Outbox;

  constructor(@Inject(DataSource) database: DataSource, @Inject(Outbox) outbox: Outbox) {
    this.#database = database;
    this.#outbox = outbox;
  }

  store(value: NewCredential): Promise<Stored> {
    return this.#database.transaction(async (tx) => {
      await lockConnection(tx, value.connectionId);
      if (value.signingKeyId !== null && !(await this.#holdKey(tx, value))) return { kind: 'no_key' };
      const row = await this.#write(tx, value);
      if (row === undefined) return this.#whyNot(tx, value);
      const early = await takeEarlyConfiguration(tx, value.connectionId);
      if (early !== undefined) await applyConfiguration(tx, early);
      await this.#tell(tx, value, row.version);
      return { kind: 'stored', ...row };
    });
  }

  /** Until the commit nobody deletes the key, and afterwards this credential is counted. */
  async #holdKey(tx: EntityManager, { signingKeyId, platformId, projectId }: NewCredential): Promise<boolean> {
    const found = (await tx.query(`SELECT id FROM tokens.signing_key WHERE id = $1 AND ${ownedLive} FOR SHARE`, [signingKeyId, platformId, projectId])) as unknown[];
    return found.length > 0;
  }

  async #write(tx: EntityManager, value: NewCredential): Promise<{ version: number; expiresAt: Date | null } | undefined> {
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
    ])) as { version: number; expiresAt: Date | null }[];
    return row;
  }

  async #whyNot(tx: EntityManager, { connectionId, platformId, projectId }: NewCredential): Promise<Stored> {
    const [expected] = (await tx.query(whose, [connectionId, platformId, projectId])) as NewCredential['account'][];
    return expected === undefined ? { kind: 'gone' } : { kind: 'other_account', expected };
  }

  async #tell(tx: EntityManager, value: NewCredential, credentialVersion: number): Promise<void> {
    const { connectionId, platformId, projectId, connector, account, connectionType, inputs, scopes } = value;
    const fact = { connectionId, platformId, projectId, connector, credentialVersion, account, type: connectionType, inputs: { ...inputs }, scopes: [...scopes] };
    await this.#outbox.addEvent(tx, credentialStored, fact, connectionId);
    await tellAudit(this.#outbox, tx, {
      who: keeper,
      tenant: { platformId, projectId },
      action: credentialVersion === 1 ? 'credential.stored' : 'credential.replaced',
      target: { type: 'app_connection', id: connectionId },
      details: { connector, type: connectionType, version: credentialVersion },
    });
  }
}
