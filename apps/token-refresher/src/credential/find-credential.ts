import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement, type Tenant } from '@trunkline/persistence';
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
/** Of whoever may use it: for a worker, who is nobody's request. */
const usableByProject: Statement = {
  name: 'credential_usable_by_project',
  text: `SELECT ${credentialColumns} FROM tokens.credential
    WHERE connection_id = $1 AND (project_id = $2 OR $2 = ANY (project_ids)) AND deleted_at IS NULL`,
};
/** Both functions read behind the second wall (docs/decisions/0009). */
const ofTenantById: Statement = {
  name: 'credential_of_tenant_by_id',
  text: `SELECT ${credentialColumns} FROM tokens.credential_by_id($1, $2, $3, $4, $5)`,
};
const ofTenantByConnector: Statement = {
  name: 'credential_of_tenant_by_connector',
  text: `SELECT ${credentialColumns} FROM tokens.credential_by_connector($1, $2, $3, $4, $5)`,
};

/** Reads one credential by one prepared statement. What belongs to another tenant is not found, like what does not exist. */
@Injectable()
export class FindCredential {
  readonly #sql: Sql;

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  /** By connection: a project's own, or one that it shares; without a project, any of the platform. `connector` and `userId`, where given, must fit too. */
  async byConnection({ platformId, projectId }: Tenant, wanted: { connectionId: string; connector?: string; userId?: string }): Promise<Credential | undefined> {
    if (platformId === null) return undefined;
    return this.#sql.first<Credential>(ofTenantById, [platformId, projectId, wanted.connectionId, wanted.connector ?? null, wanted.userId ?? null]);
  }

  /** By connector: of the named user and nobody else; else of the caller's own user; else the most recently stored usable one. */
  async byConnector(
    { platformId, projectId }: Tenant & { readonly projectId: string },
    wanted: { connector: string; userId?: string; ownUserId: string | null },
  ): Promise<Credential | undefined> {
    if (platformId === null) return undefined;
    return this.#sql.first<Credential>(ofTenantByConnector, [platformId, projectId, wanted.connector, wanted.userId ?? null, wanted.ownUserId]);
  }

  /** For a worker of that project. */
  usableBy(projectId: string, connectionId: string): Promise<Credential | undefined> {
    return this.#sql.first<Credential>(usableByProject, [connectionId, projectId]);
  }

  /** Of any tenant: only for work on a connection that was found through its tenant before. */
  anywhere(connectionId: string): Promise<Credential | undefined> {
    return this.#sql.first<Credential>(byId, [connectionId]);
  }
}
