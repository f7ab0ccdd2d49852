import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import type { Credential } from './credential.js';

/** The columns of {@link Credential}, every duration by the database's clock. */
export const credentialColumns = `
  connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, type, inputs, sealed,
  allowed_origins AS "allowedOrigins", oauth_app_id AS "oauthAppId", token_type AS "tokenType", scopes, version::float8 AS version,
  status, status_reason AS "statusReason", refreshable,
  access_expires_at AS "expiresAt",
  extract(epoch FROM access_expires_at - clock_timestamp())::float8 AS "secondsLeft",
  access_lifetime_seconds AS "lifetimeSeconds",
  coalesce(refresh_due_at <= clock_timestamp(), false) AS due,
  coalesce(greatest(extract(epoch FROM next_attempt_at - clock_timestamp()), 0), 0)::float8 AS "cooldownSeconds",
  extract(epoch FROM clock_timestamp() - last_refreshed_at)::float8 AS "secondsSinceRefresh",
  suspect_token_digest AS "suspectTokenDigest"`;

const byId: Statement = {
  name: 'credential_by_id',
  text: `SELECT ${credentialColumns} FROM tokens.credential WHERE connection_id = $1 AND deleted_at IS NULL`,
};
const ofProjectById: Statement = {
  name: 'credential_of_project_by_id',
  text: `SELECT ${credentialColumns} FROM tokens.credential
    WHERE connection_id = $1 AND project_id = $2 AND deleted_at IS NULL
      AND ($3::text IS NULL OR connector = $3) AND ($4::text IS NULL OR owner_id = $4)`,
};
const ofPlatformById: Statement = {
  name: 'credential_of_platform_by_id',
  text: `SELECT ${credentialColumns} FROM tokens.credential
    WHERE connection_id = $1 AND platform_id = $2 AND deleted_at IS NULL
      AND ($3::text IS NULL OR connector = $3) AND ($4::text IS NULL OR owner_id = $4)`,
};
/** A named user's connection and nobody else's. */
const ofProjectByUser: Statement = {
  name: 'credential_of_project_by_user',
  text: `SELECT ${credentialColumns} FROM tokens.credential
    WHERE project_id = $1 AND connector = $2 AND owner_id = $3 AND deleted_at IS NULL
    ORDER BY (status = 'usable') DESC, stored_at DESC, connection_id DESC LIMIT 1`,
};
/** No user named: the caller's own if there is one, else the most recently stored usable one. */
const ofProjectByConnector: Statement = {
  name: 'credential_of_project_by_connector',
  text: `SELECT ${credentialColumns} FROM tokens.credential
    WHERE project_id = $1 AND connector = $2 AND deleted_at IS NULL
    ORDER BY coalesce(owner_id = $3, false) DESC, (status = 'usable') DESC, stored_at DESC, connection_id DESC LIMIT 1`,
};

/** Whose credential may be found: from the principal and nothing else. */
export type Tenant = { readonly projectId: string } | { readonly platformId: string };

/** Reads one credential by one prepared statement. What belongs to another tenant is not found, like what does not exist. */
@Injectable()
export class FindCredential {
  readonly #sql: Sql;

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  /** By connection. `connector` and `userId`, where given, must fit too. */
  byConnection(tenant: Tenant, wanted: { connectionId: string; connector?: string; userId?: string }): Promise<Credential | undefined> {
    const [statement, tenantId] = 'projectId' in tenant ? [ofProjectById, tenant.projectId] : [ofPlatformById, tenant.platformId];
    return this.#sql.first<Credential>(statement, [wanted.connectionId, tenantId, wanted.connector ?? null, wanted.userId ?? null]);
  }

  /** By connector: of the named user; else of the caller's own user; else the most recently stored usable one of the project. */
  byConnector(projectId: string, wanted: { connector: string; userId?: string; ownUserId: string | null }): Promise<Credential | undefined> {
    return wanted.userId !== undefined
      ? this.#sql.first<Credential>(ofProjectByUser, [projectId, wanted.connector, wanted.userId])
      : this.#sql.first<Credential>(ofProjectByConnector, [projectId, wanted.connector, wanted.ownUserId]);
  }

  /** Of any tenant: only for work on a connection that was found through its tenant before. */
  anywhere(connectionId: string): Promise<Credential | undefined> {
    return this.#sql.first<Credential>(byId, [connectionId]);
  }
}
