import type { Connection, ConnectionStatus, ConnectionType, StatusReason } from '@trunkline/contracts';
import { rowsIn, type Statement } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../access/require-tenant.js';
import { managesPlatform } from './rights.js';

interface Row {
  id: string;
  external_id: string;
  platform_id: string;
  project_id: string | null;
  project_ids: string[];
  scope: Connection['scope'];
  pre_select_for_new_projects: boolean;
  owner_id: string | null;
  email: string | null;
  first_name: string;
  last_name: string;
  connector: string;
  piece_name: string;
  piece_version: string | null;
  type: ConnectionType;
  display_name: string;
  status: ConnectionStatus;
  status_reason: StatusReason | null;
  account_id: string | null;
  account_name: string | null;
  inputs: Record<string, string>;
  metadata: Connection['metadata'];
  granted_scopes: string[];
  connected_at: Date | null;
  expires_at: Date | null;
  created_at: Date;
  updated_at: Date;
  version: number;
}

const columns = `
  SELECT c.id, c.external_id, c.platform_id, c.project_id, c.scope, c.pre_select_for_new_projects, c.owner_id, u.email, u.first_name, u.last_name,
    c.connector, c.piece_name, c.piece_version, c.type, c.display_name, c.status, c.status_reason, c.account_id, c.account_name, c.inputs, c.metadata,
    c.granted_scopes, c.connected_at, c.expires_at, c.created_at, c.updated_at, c.version,
    CASE WHEN c.scope = 'PROJECT' THEN ARRAY[c.project_id]
         ELSE ARRAY(SELECT s.project_id FROM registry.connection_project s WHERE s.connection_id = c.id ORDER BY s.project_id) END AS project_ids
  FROM registry.connection c LEFT JOIN registry.app_user u ON u.id = c.owner_id AND u.platform_id = c.platform_id`;

/** Planned anew each time: a plan for any number of ids behind the second wall reads far too much when there are many rows. */
const byIds = `${columns} WHERE c.id = ANY($1)`;
/** The principal's own, and what is shared with its project. */
const visible: Statement = {
  name: 'visible_connection',
  text: `${columns} WHERE c.id = $1 AND c.platform_id = $2 AND ($3::text IS NULL OR c.project_id = $3 OR (c.scope = 'PLATFORM' AND
    ($4 OR EXISTS (SELECT FROM registry.connection_project s WHERE s.connection_id = c.id AND s.project_id = $3))))`,
};

/** Connections as the other services and clients see them, in the order of the ids; those that are gone, or not the tenant's, are left out. */
export async function toConnections(tx: EntityManager, ids: readonly string[]): Promise<Connection[]> {
  const rows: Row[] = await tx.query(byIds, [ids]);
  const views = new Map(rows.map((row) => [row.id, view(row)]));
  return ids.flatMap((id) => views.get(id) ?? []);
}

/** One that the principal may know of. @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function visibleConnection(tx: EntityManager, who: TenantPrincipal, id: string): Promise<Connection> {
  const [row] = await rowsIn<Row>(tx, visible, [id, who.platformId, who.projectId, managesPlatform(who)]);
  if (row === undefined) throw AppError.notFound('app_connection', id);
  return view(row);
}

/** One that is there. */
export async function toConnection(tx: EntityManager, { id }: { readonly id: string }): Promise<Connection> {
  const [connection] = await toConnections(tx, [id]);
  if (connection === undefined) throw new Error(`the connection ${id} went while it was held`);
  return connection;
}

const view = (row: Row): Connection => ({
  id: row.id,
  externalId: row.external_id,
  platformId: row.platform_id,
  projectId: row.project_id,
  projectIds: row.project_ids,
  scope: row.scope,
  preSelectForNewProjects: row.pre_select_for_new_projects,
  ownerId: row.owner_id,
  owner: row.email === null ? null : { email: row.email, firstName: row.first_name, lastName: row.last_name },
  connector: row.connector,
  pieceName: row.piece_name,
  pieceVersion: row.piece_version,
  type: row.type,
  displayName: row.display_name,
  status: row.status,
  statusReason: row.status_reason,
  account: { id: row.account_id, name: row.account_name },
  inputs: row.inputs,
  metadata: row.metadata,
  scopes: row.granted_scopes,
  connectedAt: row.connected_at?.toISOString() ?? null,
  expires: row.expires_at?.toISOString() ?? null,
  created: row.created_at.toISOString(),
  updated: row.updated_at.toISOString(),
  version: row.version,
});
