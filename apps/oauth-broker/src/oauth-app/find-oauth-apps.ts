import { oauthApps, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { BrokerParts } from '../broker-parts.js';
import { requireAdmin } from './owner-of-oauth-app.js';
import { tenantOf } from './tenant-of.js';
import { appColumns, toldApp, type AppRow } from './told-app.js';

/** What a tenant may use: its own, and of what lies above it its platform's and the built-in ones. Those of single connections are nobody's to see. */
const visible = `connection_id IS NULL
  AND ($1::text IS NULL OR platform_id = $1 OR platform_id IS NULL) AND ($2::text IS NULL OR project_id = $2 OR project_id IS NULL)`;

export async function listOauthApps(parts: BrokerParts, { principal, connector: name, ...request }: RequestOf<typeof oauthApps.list>): Promise<ReplyOf<typeof oauthApps.list>> {
  requireAdmin(principal);
  const { platformId, projectId } = tenantOf(principal);
  const connector = name === undefined ? null : ((await parts.catalog.ready(name)).find(name)?.id ?? name);
  const binding = { list: 'oauth-apps', platformId, projectId, connector };
  const { rows, next, previous } = await parts.pages.read<AppRow & { cursor_at: string }>(request, binding, { firstParameter: 4 }, ({ condition, order, limit, values }) =>
    asTenant(parts.database, { platformId, projectId }, (tx) =>
      tx.query(
        `SELECT ${appColumns}, created_at::text AS cursor_at FROM oauth.oauth_app
         WHERE ${visible} AND ($3::text IS NULL OR connector = $3) AND ${condition} ORDER BY ${order} LIMIT ${limit}`,
        [platformId, projectId, connector, ...values],
      ),
    ),
  );
  return { data: rows.map(toldApp), next, previous };
}

export async function getOauthApp(parts: BrokerParts, { principal, id }: RequestOf<typeof oauthApps.get>): Promise<ReplyOf<typeof oauthApps.get>> {
  requireAdmin(principal);
  const { platformId, projectId } = tenantOf(principal);
  const [row] = await asTenant(parts.database, { platformId, projectId }, (tx) =>
    tx.query<AppRow[]>(`SELECT ${appColumns} FROM oauth.oauth_app WHERE ${visible} AND id = $3`, [platformId, projectId, id]),
  );
  if (row === undefined) throw AppError.notFound('oauth_app', id);
  return toldApp(row);
}
