import { connectLinks, type ConnectLink, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import type { RegistryParts } from '../registry-parts.js';
import { connectLinkColumns, toConnectLink, type ConnectLinkRow } from './to-connect-link.js';

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function getConnectLink({ database }: RegistryParts, { principal, id }: RequestOf<typeof connectLinks.get>): Promise<ConnectLink> {
  const { platformId, projectId } = requireTenant(principal, 'connections:read');
  const [row] = await asTenant(database, { platformId, projectId }, (tx) =>
    tx.query<ConnectLinkRow[]>(
      `SELECT ${connectLinkColumns} FROM registry.connect_link WHERE platform_id = $1 AND ($2::text IS NULL OR project_id = $2) AND id = $3`,
      [platformId, projectId, id],
    ),
  );
  if (row === undefined) throw AppError.notFound('connect_link', id);
  return toConnectLink(row);
}
