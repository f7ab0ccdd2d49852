import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import type { TenantPrincipal } from '../access/require-tenant.js';
import { ConnectionRow } from './connection.entity.js';
import { managesPlatform } from './rights.js';

/**
 * The connections of these ids that the principal may know of: its project's (or its platform's), and those of the platform that are
 * shared with the project. Held until the transaction ends if asked for, in one order whoever asks, so that nobody waits in a circle.
 */
export function findConnections(tx: EntityManager, who: TenantPrincipal, ids: readonly string[], hold = true): Promise<ConnectionRow[]> {
  const query = tx
    .createQueryBuilder(ConnectionRow, 'c')
    .where('c.id = ANY(:ids) AND c.platformId = :platformId', { ids, platformId: who.platformId })
    .orderBy('c.id');
  if (who.projectId !== null) {
    query.andWhere(
      `(c.projectId = :projectId OR (c.scope = 'PLATFORM' AND
        (:manages OR EXISTS (SELECT FROM registry.connection_project s WHERE s.connection_id = c.id AND s.project_id = :projectId))))`,
      { projectId: who.projectId, manages: managesPlatform(who) },
    );
  }
  if (hold) query.setLock('pessimistic_write');
  return query.getMany();
}

/** One of them. @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function findConnection(tx: EntityManager, who: TenantPrincipal, id: string, hold = true): Promise<ConnectionRow> {
  const [row] = await findConnections(tx, who, [id], hold);
  if (row === undefined) throw AppError.notFound('app_connection', id);
  return row;
}
