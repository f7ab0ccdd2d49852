import { connectorDefined, connectorDefinitions, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import { managesPlatform } from '../connection/rights.js';
import type { RegistryParts } from '../registry-parts.js';
import { findDefinition } from './definition-row.js';

type Contract = typeof connectorDefinitions.delete;

/** Takes a connector out of use, and its name with it. Refused while connections use it. A second time it is not found. */
export async function deleteDefinition({ database, outbox }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'admin');
  return asTenant(database, { platformId: who.platformId, projectId: managesPlatform(who) ? null : who.projectId }, async (tx) => {
    const row = await findDefinition(tx, who, id, { lock: true });
    if (row.project_id === null && !managesPlatform(who)) throw new AppError('AUTHORIZATION', 'Only an admin of the platform may delete a connector of the platform.');
    const owner = { platformId: row.platform_id, projectId: row.project_id };
    // Of a connector of the platform all projects' connections count, which the tables show to who manages it.
    const [{ count }] = await tx.query<[{ count: number }]>('SELECT count(*)::int AS count FROM registry.connection WHERE platform_id = $1 AND connector = $2 AND deleted_at IS NULL', [row.platform_id, row.id]);
    if (count > 0) throw new AppError('CONFLICT', `${count === 1 ? 'A connection uses' : `${count} connections use`} this connector. Delete ${count === 1 ? 'it' : 'them'} first.`, { params: { connections: count } });
    await tx.query('UPDATE registry.connector_definition SET deleted_at = now(), updated_at = now(), rebinding = false WHERE id = $1', [row.id]);
    await outbox.addEvent(tx, connectorDefined, { connector: row.id, ...owner, version: row.version, deleted: true }, row.id);
    await recordAudit(tx, { who, tenant: owner, action: 'connector_definition.deleted', target: { type: 'connector_definition', id: row.id }, details: { name: row.name } });
    return { deleted: row.id };
  });
}
