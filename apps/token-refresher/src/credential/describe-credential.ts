import { Inject, Injectable } from '@nestjs/common';
import { scopesFor } from '@trunkline/connector-kit';
import type { AuthMethodName, credentials, ReplyOf, RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { DataSource } from 'typeorm';
import { Connectors } from '../provider/connectors.js';
import { requireScope } from '../resolve/require-scope.js';
import { connectionNotFound } from './credential-errors.js';
import { CredentialSeal } from './credential-seal.js';
import { missingScopes } from './missing-scopes.js';

interface Row {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly connector: string;
  readonly type: AuthMethodName;
  readonly status: ReplyOf<typeof credentials.describe>['status'];
  readonly sealed: Buffer;
  readonly scopes: string[];
  readonly expiresAt: Date | null;
  readonly refreshable: boolean;
  readonly lastRefreshedAt: Date | null;
  readonly nextRefreshAt: Date | null;
  readonly failures: number;
  readonly lastErrorCode: string | null;
  readonly storedAt: Date;
}

/** Behind the second wall; the tenant is a condition too, so that neither wall stands alone. */
const read = `
  SELECT connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", connector, type, status, sealed, scopes,
    access_expires_at AS "expiresAt", refreshable, last_refreshed_at AS "lastRefreshedAt", failures, last_error_code AS "lastErrorCode", stored_at AS "storedAt",
    CASE WHEN refreshable AND status = 'usable' THEN greatest(refresh_due_at, next_attempt_at) END AS "nextRefreshAt"
  FROM tokens.credential
  WHERE connection_id = $1 AND deleted_at IS NULL
    AND ($2::text IS NULL OR platform_id = $2) AND ($3::text IS NULL OR project_id = $3 OR $3 = ANY (project_ids))`;

/** What is known of a credential besides its secret, for the people who look after it. */
@Injectable()
export class DescribeCredential {
  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(CredentialSeal) private readonly seal: CredentialSeal,
    @Inject(Connectors) private readonly connectors: Connectors,
  ) {}

  async describe({ principal, connectionId }: RequestOf<typeof credentials.describe>): Promise<ReplyOf<typeof credentials.describe>> {
    requireScope(principal, 'connections:read');
    const [row] = await asTenant(this.database, principal, (tx) => tx.query<Row[]>(read, [connectionId, principal.platformId, principal.projectId]));
    if (row === undefined) throw connectionNotFound(connectionId);
    // Nothing depends on it: without the registry a tenant's connector asks for no scopes that are known.
    await this.connectors.ready(row.connector).catch(() => undefined);
    const requiredScopes = this.#requiredScopes(row);
    return {
      connectionId,
      type: row.type,
      status: row.status,
      username: await this.#username(row),
      scopes: row.scopes,
      requiredScopes,
      missingScopes: missingScopes(requiredScopes, row.scopes),
      expiresAt: at(row.expiresAt),
      refreshable: row.refreshable,
      lastRefreshedAt: at(row.lastRefreshedAt),
      nextRefreshAt: at(row.nextRefreshAt),
      failures: row.failures,
      lastErrorCode: row.lastErrorCode,
      storedAt: row.storedAt.toISOString(),
    };
  }

  #requiredScopes({ connector: id, type }: Row): string[] {
    const connector = this.connectors.find(id);
    return type === 'OAUTH2' && connector?.auth.OAUTH2 !== undefined ? scopesFor(connector) : [];
  }

  /** A name, not a key: a connector that wants its key in the place of a user name takes it as SECRET_TEXT. */
  async #username(row: Row): Promise<string | null> {
    if (row.type !== 'BASIC_AUTH' && row.type !== 'KEY_PAIR') return null;
    const members = await this.seal.open(row);
    return members.type === 'BASIC_AUTH' || members.type === 'KEY_PAIR' ? members.username : null;
  }
}

const at = (moment: Date | null): string | null => moment?.toISOString() ?? null;
