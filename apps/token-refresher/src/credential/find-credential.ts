import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement, type Tenant } from '@trunkline/persistence';
import type { Credential } from './credential.js';
import { ReadTogether } from './read-together.js';
import { secondTokenId } from './token-id.js';

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
  text: `SELECT ${credentialColumns}, account_id AS "accountId" FROM tokens.credential
    WHERE connection_id = $1 AND (project_id = $2 OR $2 = ANY (project_ids)) AND deleted_at IS NULL`,
};
/** Behind the second wall, each lookup behind that of its own tenant (docs/decisions/0009, 0018). */
const ofTenants: Statement = {
  name: 'credentials_of_tenants',
  text: `SELECT ${credentialColumns} FROM tokens.credentials_of_tenants($1, $2, $3, $4, $5, $6) WITH ORDINALITY ORDER BY ordinality`,
};

const furtherNames: Statement = {
  name: 'credential_token_names',
  text: `SELECT token_name AS name FROM tokens.credential WHERE base_connection_id = $1 AND deleted_at IS NULL ORDER BY token_name`,
};

/** What the function answers in the place of a lookup that found nothing. */
type Unfound = { readonly connectionId: null };

/** One lookup of a tenant: by connection, or by connector where none is named. */
interface Lookup {
  readonly platformId: string;
  readonly projectId: string | null;
  readonly connectionId?: string;
  readonly connector?: string;
  readonly userId?: string;
  readonly ownUserId?: string | null;
}

/** Reads credentials by prepared statements, those of tenants that are wanted at the same time by one. What belongs to another tenant is not found, like what does not exist. */
@Injectable()
export class FindCredential {
  readonly #sql: Sql;
  readonly #together = new ReadTogether<Lookup, Credential>((lookups) => this.#ofTenants(lookups));

  constructor(@Inject(Sql) sql: Sql) {
    this.#sql = sql;
  }

  /** By connection: a project's own, or one that it shares; without a project, any of the platform. `connector` and `userId`, where given, must fit too. */
  async byConnection({ platformId, projectId }: Tenant, wanted: { connectionId: string; connector?: string; userId?: string }): Promise<Credential | undefined> {
    if (platformId === null) return undefined;
    return this.#together.ask({ platformId, projectId, ...wanted });
  }

  /** By connector: of the named user and nobody else; else of the caller's own user; else the most recently stored usable one. */
  async byConnector(
    { platformId, projectId }: Tenant & { readonly projectId: string },
    wanted: { connector: string; userId?: string; ownUserId: string | null },
  ): Promise<Credential | undefined> {
    if (platformId === null) return undefined;
    return this.#together.ask({ platformId, projectId, ...wanted });
  }

  /** For a worker of that project, with the account the provider knows it by. */
  usableBy(projectId: string, connectionId: string): Promise<(Credential & { readonly accountId: string | null }) | undefined> {
    return this.#sql.first<Credential & { readonly accountId: string | null }>(usableByProject, [connectionId, projectId]);
  }

  /** Of any tenant: only for work on a connection that was found through its tenant before. */
  anywhere(connectionId: string): Promise<Credential | undefined> {
    return this.#sql.first<Credential>(byId, [connectionId]);
  }

  /** A further token of a connection that was found through its tenant before. */
  second({ connectionId }: Credential, tokenName: string): Promise<Credential | undefined> {
    return this.anywhere(secondTokenId(connectionId, tokenName));
  }

  /** What a connection's further tokens are called. */
  async secondNames({ connectionId }: Credential): Promise<string[]> {
    return (await this.#sql.rows<{ name: string }>(furtherNames, [connectionId])).map(({ name }) => name);
  }

  async #ofTenants(lookups: readonly Lookup[]): Promise<(Credential | undefined)[]> {
    const rows = await this.#sql.rows<Credential | Unfound>(ofTenants, [
      lookups.map(({ platformId }) => platformId),
      lookups.map(({ projectId }) => projectId),
      lookups.map(({ connectionId }) => connectionId),
      lookups.map(({ connector }) => connector),
      lookups.map(({ userId }) => userId),
      lookups.map(({ ownUserId }) => ownUserId),
    ]);
    return rows.map((row) => (row.connectionId === null ? undefined : row));
  }
}
