import { plainName, type Catalog } from '@trunkline/catalog';
import { asTenant } from '@trunkline/persistence';
import type { EntityManager } from 'typeorm';
import type { RegistryParts } from '../registry-parts.js';
import { definitionColumns, withinTenant, type DefinitionRow } from './definition-row.js';

type Parts = Pick<RegistryParts, 'catalog' | 'database' | 'definitions'>;
interface Who {
  readonly platformId: string;
  readonly projectId: string | null;
}

const named = `
  SELECT ${definitionColumns} FROM registry.connector_definition d
  WHERE ${withinTenant} AND (d.id = ANY ($3) OR (d.name = ANY ($3) AND (d.project_id IS NULL OR d.project_id = $2)))`;

/** The catalog as a tenant has it, as far as these names go: with the connectors of its own that they may mean, by id or by name. */
export async function catalogFor(parts: Parts, who: Who, ...names: readonly (string | undefined)[]): Promise<Catalog> {
  if (ownNames(parts, names).length === 0) return parts.catalog;
  return asTenant(parts.database, { platformId: who.platformId, projectId: who.projectId }, (tx) => catalogIn(parts, tx, who, ...names));
}

/** The same within a transaction of that tenant. */
export async function catalogIn(parts: Parts, tx: EntityManager, { platformId, projectId }: Who, ...names: readonly (string | undefined)[]): Promise<Catalog> {
  const { catalog, definitions } = parts;
  const wanted = ownNames(parts, names);
  if (wanted.length === 0) return catalog;
  const rows = await tx.query<DefinitionRow[]>(named, [platformId, projectId, wanted]);
  const own = [];
  for (const row of rows) own.push(await definitions.of(tx, row));
  return own.length === 0 ? catalog : catalog.with(own);
}

const ownNames = ({ catalog }: Parts, names: readonly (string | undefined)[]): string[] => [
  ...new Set(names.flatMap((name) => (name === undefined || catalog.find(name) !== undefined ? [] : [plainName(name)]))),
];
