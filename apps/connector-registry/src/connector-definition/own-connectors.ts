import type { Connector } from '@trunkline/catalog';
import type { Principal } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import type { RegistryParts } from '../registry-parts.js';
import { definitionColumns, withinTenant, type DefinitionRow } from './definition-row.js';

const most = 200;

/** The connectors a tenant defined for itself, by name. Nobody without a platform, or of projects and in none, has any. */
export async function ownConnectors({ database, definitions }: RegistryParts, { platformId, projectId, reach }: Principal): Promise<Connector[]> {
  if (platformId === null || (reach === 'project' && projectId === null)) return [];
  return asTenant(database, { platformId, projectId }, async (tx) => {
    const rows = await tx.query<DefinitionRow[]>(`SELECT ${definitionColumns} FROM registry.connector_definition d WHERE ${withinTenant} ORDER BY d.name, d.id LIMIT ${most}`, [platformId, projectId]);
    const own: Connector[] = [];
    for (const row of rows) own.push(...(await definitions.of(tx, row).then((connector) => [connector], () => [])));
    return own;
  });
}
