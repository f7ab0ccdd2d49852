import type { Connection, ConnectLink, Principal, Secret } from '@trunkline/contracts';
import type { Sql, Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { digestOfToken } from './link-token.js';

/** A link that can be used, as it is on the way to a connection. */
export interface OpenLink {
  readonly id: string;
  readonly platformId: string;
  readonly platformName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly creator: Pick<Principal, 'kind' | 'id'>;
  readonly endUser: ConnectLink['endUser'];
  readonly connectors: readonly string[];
  readonly connectionId: string | null;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly inputs: Readonly<Record<string, string>>;
  readonly metadata: Connection['metadata'];
  readonly scopes: string[];
  readonly ownerId: string | null;
  readonly allowOtherAccount: boolean;
  /** One of the project's at this moment; it may have been struck off the list since. */
  readonly returnUrl: string | null;
  readonly expiresAt: Date;
}

/** The database's clock decides. */
const findOpen: Statement = {
  name: 'find_open_connect_link',
  text: `SELECT l.id, l.platform_id AS "platformId", p.name AS "platformName", l.project_id AS "projectId", j.display_name AS "projectName", l.creator, l.end_user AS "endUser",
      l.connectors, l.connection_id AS "connectionId", l.external_id AS "externalId", l.display_name AS "displayName", l.inputs, l.metadata, l.scopes, l.owner_id AS "ownerId",
      l.allow_other_account AS "allowOtherAccount", CASE WHEN l.return_url = ANY (j.return_urls) THEN l.return_url END AS "returnUrl", l.expires_at AS "expiresAt"
    FROM registry.connect_link l
    JOIN registry.platform p ON p.id = l.platform_id
    JOIN registry.project j ON j.id = l.project_id AND j.platform_id = l.platform_id
    WHERE l.digest = $1 AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()`,
};

/** One answer to an unknown, a used, a revoked and an expired link: who has none learns nothing by trying. */
export const linkIsInvalid = (): AppError => new AppError('CONNECT_LINK_INVALID', 'This link does not work: it is not known, has been used, was revoked or has expired. Ask whoever sent it for a new one.');

/** @throws AppError CONNECT_LINK_INVALID */
export async function findOpenLink(sql: Sql, token: Secret): Promise<OpenLink> {
  const digest = digestOfToken(token);
  const link = digest === null ? undefined : await sql.first<OpenLink & Record<string, unknown>>(findOpen, [digest]);
  if (link === undefined) throw linkIsInvalid();
  return link;
}
