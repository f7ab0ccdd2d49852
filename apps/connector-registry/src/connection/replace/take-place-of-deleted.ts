import type { EntityManager } from 'typeorm';
import type { ConnectionRow } from '../connection.entity.js';

/**
 * A connection that was deleted while flows named it never gets a credential again. The one that is connected under its external id takes
 * its place in those flows, as clients expect who name connections so.
 */
export async function takePlaceOfDeleted(tx: EntityManager, { id, platformId, projectId, scope, externalId, connector, attemptedBy }: ConnectionRow): Promise<void> {
  if (attemptedBy === null) return;
  await tx.query(
    `INSERT INTO registry.connection_replacement (platform_id, project_id, source_id, target_id, connector, delete_source, principal, next_attempt_at)
     SELECT $1, $2, d.id, $5, $6, true, $7, now() FROM registry.connection d
     WHERE d.platform_id = $1 AND d.project_id IS NOT DISTINCT FROM $2 AND d.scope = $3 AND d.external_id = $4 AND d.connector = $6 AND d.deleted_at IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [platformId, projectId, scope, externalId, id, connector, JSON.stringify({ ...attemptedBy, platformId, projectId })],
  );
}
