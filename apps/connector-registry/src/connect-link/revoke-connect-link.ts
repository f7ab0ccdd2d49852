import { connectLinks, type ConnectLink, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { connectLinkColumns, toConnectLink, type ConnectLinkRow } from './to-connect-link.js';

/** From now on nothing is connected by it, nor by a walk that was begun from it. Revoking again, and revoking a used one, changes nothing. */
export async function revokeConnectLink({ database }: RegistryParts, { principal, id }: RequestOf<typeof connectLinks.revoke>): Promise<ConnectLink> {
  const who = requireTenant(principal, 'connections:write');
  const { platformId, projectId } = who;
  return asTenant(database, { platformId, projectId }, async (tx) => {
    const [found] = await tx.query<(ConnectLinkRow & { revoked_at: Date | null })[]>(
      `SELECT ${connectLinkColumns}, revoked_at FROM registry.connect_link WHERE platform_id = $1 AND ($2::text IS NULL OR project_id = $2) AND id = $3 FOR NO KEY UPDATE`,
      [platformId, projectId, id],
    );
    if (found === undefined) throw AppError.notFound('connect_link', id);
    if (found.status === 'used' || found.revoked_at !== null) return toConnectLink(found);
    const [[row]] = await tx.query<[ConnectLinkRow[], number]>(`UPDATE registry.connect_link SET revoked_at = now() WHERE id = $1 RETURNING ${connectLinkColumns}`, [id]);
    const details = { endUserId: found.end_user.id };
    await recordAudit(tx, { who, tenant: { platformId: found.platform_id, projectId: found.project_id }, action: 'connect_link.revoked', target: { type: 'connect_link', id }, details });
    return toConnectLink(row!);
  });
}
