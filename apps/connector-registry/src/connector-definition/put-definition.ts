import { checkFolder, type Catalog, type Connector } from '@trunkline/catalog';
import { connectorDefined, connectorDefinitions, type ConnectorFolder, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { requireTenant, type TenantPrincipal } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import { managesPlatform } from '../connection/rights.js';
import type { RegistryParts } from '../registry-parts.js';
import { leadsElsewhere } from './bound-origins.js';
import { longestName, newConnectorId } from './connector-id.js';
import { definitionColumns, folderOf, toDefinition, type DefinitionRow } from './definition-row.js';

type Contract = typeof connectorDefinitions.put;

interface Owner {
  readonly platformId: string;
  readonly projectId: string | null;
}

/** Definitions of one platform, and versions of one definition that can still be looked at. */
const mostDefinitions = 200;
const mostVersions = 100;

/**
 * Defines a connector of the project or its platform, or gives the one of that name a new version. The same again changes nothing. Whoever
 * says where secrets go decides over them, so it takes an admin.
 */
export async function putDefinition(parts: RegistryParts, { principal, folder, scope }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'admin');
  const owner = ownerOf(who, scope);
  const connector = requireSound(folder);
  requireFreeName(parts.catalog, connector.id);
  return asTenant(parts.database, owner, async (tx) => {
    // One after the other within a platform: names are its projects' and its own together.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7))', [`connector-definitions:${owner.platformId}`]);
    const before = await ofName(tx, owner, connector.id);
    if (before !== null && (await unchanged(tx, before, folder))) return { ...toDefinition(before), folder };
    const row = before === null ? await insert(tx, owner, connector) : await renew(parts, tx, before, connector);
    await tx.query('INSERT INTO registry.connector_definition_version (definition_id, version, platform_id, project_id, folder) VALUES ($1, $2, $3, $4, $5)', [
      row.id, row.version, owner.platformId, owner.projectId, JSON.stringify(folder),
    ]);
    await tx.query('DELETE FROM registry.connector_definition_version WHERE definition_id = $1 AND version <= $2', [row.id, row.version - mostVersions]);
    await parts.outbox.addEvent(tx, connectorDefined, { connector: row.id, ...owner, version: row.version, deleted: false }, row.id);
    await recordAudit(tx, { who, tenant: owner, action: 'connector_definition.stored', target: { type: 'connector_definition', id: row.id }, details: { name: row.name, version: row.version } });
    return { ...toDefinition(row), folder };
  });
}

function ownerOf(who: TenantPrincipal, scope: 'PROJECT' | 'PLATFORM'): Owner {
  const { platformId, projectId } = who;
  if (scope === 'PLATFORM') {
    if (!managesPlatform(who)) throw new AppError('AUTHORIZATION', 'Only an admin of the platform may define connectors of scope PLATFORM.');
    return { platformId, projectId: null };
  }
  if (projectId === null) throw new AppError('AUTHORIZATION', 'A connector of scope PROJECT needs a project: name it ("projectId"), or use scope PLATFORM.');
  return { platformId, projectId };
}

const wrong = (issues: readonly { readonly path: string; readonly message: string }[]): AppError =>
  new AppError('VALIDATION', `The definition has ${issues.length === 1 ? 'a problem' : `${issues.length} problems`}: ${issues.slice(0, 10).map(({ path, message }) => `${path}: ${message}`).join('; ')}.`, {
    params: { issues },
  });

/** @throws AppError VALIDATION with every problem */
function requireSound(folder: ConnectorFolder): Connector {
  const { connector, problems } = checkFolder(folder);
  if (connector === null) throw wrong(problems);
  if (connector.id.length > longestName) throw wrong([{ path: 'connector: id', message: `must not be longer than ${longestName} characters` }]);
  return connector;
}

/** @throws AppError CONFLICT */
function requireFreeName(catalog: Catalog, name: string): void {
  const other = catalog.find(name);
  if (other !== undefined) throw new AppError('CONFLICT', `The name "${name}" belongs to ${other.name} in the catalog. Take another.`, { params: { name, connector: other.id } });
}

/** @throws AppError CONFLICT for a name of the platform in a project of it, or the other way round: one name would mean two things */
async function ofName(tx: EntityManager, { platformId, projectId }: Owner, name: string): Promise<DefinitionRow | null> {
  const rows = await tx.query<DefinitionRow[]>(
    `SELECT ${definitionColumns} FROM registry.connector_definition d WHERE d.platform_id = $1 AND ($2::text IS NULL OR d.project_id = $2 OR d.project_id IS NULL) AND d.name = $3 AND d.deleted_at IS NULL`,
    [platformId, projectId, name],
  );
  const own = rows.find((row) => row.project_id === projectId);
  if (own !== undefined) return own;
  if (rows.length > 0) throw new AppError('CONFLICT', `The name "${name}" is taken: ${projectId === null ? 'a project of the platform' : 'the platform'} has a connector of that name.`, { params: { name } });
  return null;
}

const unchanged = async (tx: EntityManager, { id, version }: DefinitionRow, folder: ConnectorFolder): Promise<boolean> => JSON.stringify(await folderOf(tx, id, version)) === JSON.stringify(folder);

async function insert(tx: EntityManager, { platformId, projectId }: Owner, { id: name, name: displayName }: Connector): Promise<DefinitionRow> {
  const [{ count }] = await tx.query<[{ count: number }]>('SELECT count(*)::int AS count FROM registry.connector_definition WHERE platform_id = $1 AND deleted_at IS NULL', [platformId]);
  if (count >= mostDefinitions) throw new AppError('CONFLICT', `There are ${mostDefinitions} connectors of your own already, which is the most. Delete one that nobody uses.`);
  const [row] = await tx.query<DefinitionRow[]>(
    `INSERT INTO registry.connector_definition AS d (id, platform_id, project_id, name, display_name, version) VALUES ($1, $2, $3, $4, $5, 1) RETURNING ${definitionColumns}`,
    [newConnectorId(name), platformId, projectId, name, displayName],
  );
  return row!;
}

/** Where the new version leads elsewhere, what was stored until now is not enough for it any more. */
async function renew({ definitions }: RegistryParts, tx: EntityManager, before: DefinitionRow, connector: Connector): Promise<DefinitionRow> {
  // One that an earlier release took and this one does not: where it led is not known.
  const former = await definitions.of(tx, before).catch(() => null);
  const rebinds = former === null || leadsElsewhere(former, connector);
  const rows: unknown = await tx.query(
    `UPDATE registry.connector_definition d
     SET display_name = $2, version = version + 1, updated_at = now(), rebound_at = CASE WHEN $3 THEN clock_timestamp() ELSE rebound_at END, rebinding = rebinding OR $3
     WHERE id = $1 RETURNING ${definitionColumns}`,
    [before.id, connector.name, rebinds],
  );
  return (rows as [DefinitionRow[], number])[0][0]!;
}
