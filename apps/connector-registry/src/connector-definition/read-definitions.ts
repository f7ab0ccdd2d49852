import { checkFolder } from '@trunkline/catalog';
import { connectorDefinitions, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { requireTenant } from '../access/require-tenant.js';
import type { RegistryParts } from '../registry-parts.js';
import { definitionColumns, findDefinition, folderOf, toDefinition, withinTenant, type DefinitionRow } from './definition-row.js';

type Contracts = typeof connectorDefinitions;

/** Those a project works with, its platform's too; all of the platform's for who works in no project. Oldest first. */
export async function listDefinitions({ database, pages }: RegistryParts, { principal, limit, cursor }: RequestOf<Contracts['list']>): Promise<ReplyOf<Contracts['list']>> {
  const { platformId, projectId } = requireTenant(principal, 'connections:read');
  const binding = { list: 'connector_definitions', platformId, projectId };
  const { rows, next, previous } = await pages.read<DefinitionRow & { cursor_at: string }>({ limit, cursor }, binding, { columns: { at: 'd.created_at', id: 'd.id' }, firstParameter: 3 }, (page) =>
    asTenant(database, { platformId, projectId }, (tx) =>
      tx.query(
        `SELECT ${definitionColumns}, d.created_at::text AS cursor_at FROM registry.connector_definition d WHERE ${withinTenant} AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [platformId, projectId, ...page.values],
      ),
    ),
  );
  return { data: rows.map(toDefinition), next, previous };
}

export async function getDefinition({ database }: RegistryParts, { principal, id, version }: RequestOf<Contracts['get']>): Promise<ReplyOf<Contracts['get']>> {
  const who = requireTenant(principal, 'connections:read');
  return asTenant(database, { platformId: who.platformId, projectId: who.projectId }, async (tx) => {
    const row = await findDefinition(tx, who, id);
    const wanted = version ?? row.version;
    return { ...toDefinition(row), version: wanted, folder: await folderOf(tx, row.id, wanted) };
  });
}

/** What is wrong with a definition, with nothing stored. */
export function checkDefinition({ principal, folder }: RequestOf<Contracts['check']>): ReplyOf<Contracts['check']> {
  requireTenant(principal, 'connections:write');
  return { problems: [...checkFolder(folder).problems] };
}

/** For the services that work with it. One that was deleted is still told: what is left at the provider must be revoked there. */
export async function revealDefinition({ database }: RegistryParts, { id }: RequestOf<Contracts['reveal']>): Promise<ReplyOf<Contracts['reveal']>> {
  const [row] = await database.query<DefinitionRow[]>(`SELECT ${definitionColumns} FROM registry.connector_definition d WHERE d.id = $1`, [id]);
  if (row === undefined) throw AppError.notFound('connector', id);
  return { id, name: row.name, platformId: row.platform_id, projectId: row.project_id, version: row.version, folder: await folderOf(database, id, row.version) };
}
