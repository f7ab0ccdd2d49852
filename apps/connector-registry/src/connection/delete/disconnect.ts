import { connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { IsNull, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { requireProject, type ProjectPrincipal } from '../../access/require-project.js';
import { catalogIn } from '../../connector-definition/catalog-for.js';
import type { RegistryParts } from '../../registry-parts.js';
import { ConnectionRow } from '../connection.entity.js';
import { findConnections } from '../find-connection.js';
import { requireMayChange, tenantOf } from '../rights.js';
import { deleteCredential } from './delete-credential.js';
import { flowsThatUse } from './flows-that-use.js';
import { removeConnections } from './remove-connections.js';

type Contract = typeof connections.disconnect;

/** At once; a repeat takes the rest. */
const most = 1_000;

/** Deletes connections in the references' way: whatever uses them. */
export async function disconnect(parts: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireProject(request.principal, 'connections:write');
  const within = tenantOf(who);
  const ids = await asTenant(parts.database, within, async (tx) => (await findMeant(parts, tx, who, request)).map(({ id }) => id));
  const named = await namedBy(parts, who, ids);
  const deletions = await asTenant(parts.database, within, async (tx) => {
    const rows = await findConnections(tx, who, ids);
    // Somebody else removed them since we looked.
    if (rows.length === 0) throw AppError.notFound('app_connection', request.connectionId ?? request.connector);
    for (const row of rows) requireMayChange(row, who, 'disconnect it');
    return removeConnections(parts, tx, who, rows, (id) => named.has(id));
  });
  await Promise.all(deletions.map((deletion) => deleteCredential(parts, deletion)));
  return { disconnected: deletions.map(({ connectionId }) => connectionId) };
}

/** One connection by id, or all of a connector that belong to one owner: the one asked for, else the caller's own. */
async function findMeant(parts: RegistryParts, tx: EntityManager, who: ProjectPrincipal, request: RequestOf<Contract>): Promise<ConnectionRow[]> {
  const connector = (await catalogIn(parts, tx, who, request.connector)).find(request.connector)?.id ?? request.connector;
  const rows = request.connectionId === undefined ? await tx.find(ConnectionRow, { where: owned(who, connector, request.ownerId), order: { id: 'ASC' }, take: most }) : await findConnections(tx, who, [request.connectionId], false);
  const meant = rows.filter((row) => row.connector === connector && row.deletedAt === null);
  if (meant.length === 0) throw AppError.notFound('app_connection', request.connectionId ?? request.connector);
  for (const row of meant) requireMayChange(row, who, 'disconnect it');
  return meant;
}

const owned = ({ platformId, projectId, userId }: ProjectPrincipal, connector: string, ownerId = userId): FindOptionsWhere<ConnectionRow> => ({
  platformId,
  projectId,
  connector,
  ownerId: ownerId ?? IsNull(),
});

/** Those that flows name; all of them if nobody can say: a flow that names what is nowhere could not even tell what it misses. */
async function namedBy(parts: RegistryParts, who: ProjectPrincipal, ids: readonly string[]): Promise<ReadonlySet<string>> {
  try {
    const usage = await flowsThatUse(parts, who, ids);
    return new Set(ids.filter((id) => usage.get(id)!.flowIds.length > 0));
  } catch (error) {
    parts.context.logger.warn({ error, connectionIds: ids }, 'nobody could say which flows name the connections that are disconnected');
    return new Set(ids);
  }
}
