import { connectLinks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { requireTenant } from '../access/require-tenant.js';
import type { RegistryParts } from '../registry-parts.js';
import { connectLinkColumns, toConnectLink, type ConnectLinkRow } from './to-connect-link.js';

type Contract = typeof connectLinks.list;

/** The project's links, or all of the platform's; used, revoked and expired ones too, as long as they are kept. */
export async function listConnectLinks({ database, pages }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { platformId, projectId } = requireTenant(request.principal, 'connections:read');
  const { limit, cursor } = request;
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'connect_links', platformId, projectId }, { firstParameter: 3 }, (page) =>
    asTenant(database, { platformId, projectId }, (tx) =>
      tx.query<(ConnectLinkRow & { cursor_at: string })[]>(
        `SELECT ${connectLinkColumns}, created_at::text AS cursor_at FROM registry.connect_link
         WHERE platform_id = $1 AND ($2::text IS NULL OR project_id = $2) AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [platformId, projectId, ...page.values],
      ),
    ),
  );
  return { data: rows.map(toConnectLink), next, previous };
}
