import { connectionDeleted, connections, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { In, IsNull, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { requireProject, type ProjectPrincipal } from '../access/require-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { noteDeletion, type Deletion } from './connection-deletion.js';
import { ConnectionRow } from './connection.entity.js';
import { deleteCredential } from './delete-credential.js';
import { mayChange } from './reuse-connection.js';

type Contract = typeof connections.disconnect;

/** Longer than our own request to the keeper can take. */
const headStartSeconds = 10;

/**
 * Deletes connections: first, in one transaction, the rows, the facts, and the note that their credentials must go; then the
 * credentials. If the keeper is away the connection is gone all the same and its credential follows.
 */
export async function disconnect(parts: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireProject(request.principal, 'connections:write');
  const deletions = await parts.database.transaction(async (tx) => {
    const rows = await lockMeant(parts, tx, who, request);
    if (!rows.every((row) => mayChange(row, who))) throw new AppError('AUTHORIZATION', 'Only the owner of a connection or an admin may disconnect it.');
    return deleteRows(parts, tx, rows);
  });
  await Promise.all(deletions.map((deletion) => deleteCredential(parts, deletion)));
  return { disconnected: deletions.map(({ connectionId }) => connectionId) };
}

/** One connection by id, or all of a connector that belong to one owner: the one asked for, else the caller's own. */
async function lockMeant({ catalog }: RegistryParts, tx: EntityManager, who: ProjectPrincipal, request: RequestOf<Contract>): Promise<ConnectionRow[]> {
  const ownerId = request.ownerId ?? who.userId;
  const where: FindOptionsWhere<ConnectionRow> = {
    platformId: who.platformId,
    projectId: who.projectId,
    connector: catalog.find(request.connector)?.id ?? request.connector,
    ...(request.connectionId === undefined ? { ownerId: ownerId ?? IsNull() } : { id: request.connectionId }),
  };
  // In one order, so that two who delete the same ones wait for each other instead of ending in a deadlock.
  const rows = await tx.find(ConnectionRow, { where, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  if (rows.length === 0) throw AppError.notFound('app_connection', request.connectionId ?? request.connector);
  return rows;
}

async function deleteRows({ outbox }: RegistryParts, tx: EntityManager, rows: readonly ConnectionRow[]): Promise<Deletion[]> {
  await tx.delete(ConnectionRow, { id: In(rows.map(({ id }) => id)) });
  const deletions: Deletion[] = [];
  for (const { id: connectionId, platformId, projectId, connector } of rows) {
    await outbox.addEvent(tx, connectionDeleted, { connectionId, platformId, projectId, connector }, connectionId);
    deletions.push(await noteDeletion(tx, { connectionId, projectId }, headStartSeconds));
  }
  return deletions;
}
