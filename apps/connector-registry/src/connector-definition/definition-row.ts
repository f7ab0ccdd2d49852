import { connectorFolder, type ConnectorDefinition, type ConnectorFolder } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../access/require-tenant.js';

export interface DefinitionRow {
  readonly id: string;
  readonly name: string;
  readonly platform_id: string;
  readonly project_id: string | null;
  readonly display_name: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}
/** `d` is the definition. */
export const definitionColumns = 'd.id, d.name, d.platform_id, d.project_id, d.display_name, d.version, d.created_at, d.updated_at';

export const toDefinition = (row: DefinitionRow): Omit<ConnectorDefinition, 'folder'> => ({
  id: row.id,
  name: row.name,
  platformId: row.platform_id,
  projectId: row.project_id,
  displayName: row.display_name,
  version: row.version,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
});

/** SQL for WHERE: what a project works with (its own and the platform's); everything of the platform for who works in no project. Its two values come first. */
export const withinTenant = 'd.platform_id = $1 AND ($2::text IS NULL OR d.project_id = $2 OR d.project_id IS NULL) AND d.deleted_at IS NULL';

/** One's own, by its id or by the name it goes by here. @throws AppError ENTITY_NOT_FOUND, for a foreign one as for an unknown one */
export async function findDefinition(tx: EntityManager, { platformId, projectId }: Pick<TenantPrincipal, 'platformId' | 'projectId'>, id: string, { lock = false } = {}): Promise<DefinitionRow> {
  const [row] = await tx.query<DefinitionRow[]>(
    `SELECT ${definitionColumns} FROM registry.connector_definition d
     WHERE ${withinTenant} AND (d.id = $3 OR (d.name = $3 AND d.project_id IS NOT DISTINCT FROM $2) OR (d.name = $3 AND d.project_id IS NULL))
     ORDER BY d.id = $3 DESC, d.project_id NULLS LAST LIMIT 1 ${lock ? 'FOR NO KEY UPDATE OF d' : ''}`,
    [platformId, projectId, id],
  );
  if (row === undefined) throw AppError.notFound('connector_definition', id);
  return row;
}

/** @throws AppError ENTITY_NOT_FOUND for a version there is not, or not any more */
export async function folderOf(tx: Pick<EntityManager, 'query'>, id: string, version: number): Promise<ConnectorFolder> {
  const [row] = await tx.query<{ folder: string }[]>('SELECT folder FROM registry.connector_definition_version WHERE definition_id = $1 AND version = $2', [id, version]);
  if (row === undefined) throw AppError.notFound('connector_definition', `${id}, version ${version}`);
  return connectorFolder.parse(JSON.parse(row.folder));
}
