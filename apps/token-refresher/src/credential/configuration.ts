import type { EntityManager } from 'typeorm';
import { updated } from './updated-rows.js';

/** Who may use a connection, and whether anybody may, as the registry last said it. */
export interface Configuration {
  readonly connectionId: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly projectIds: readonly string[];
  readonly ownerId: string | null;
}

/**
 * Configuring, storing and deleting one connection take turns until the transaction ends: a configuration that finds no credential yet and
 * a credential that finds no configuration yet must not pass each other.
 */
export const lockConnection = async (tx: EntityManager, connectionId: string): Promise<void> => {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('trunkline:connection:' || $1, 0))`, [connectionId]);
};

/**
 * The newer version wins. What is disabled keeps in mind what it was, so that enabling a broken credential does not make it whole. The
 * project of a connection may always use it.
 */
export async function applyConfiguration(tx: EntityManager, { connectionId, version, enabled, projectIds, ownerId }: Configuration): Promise<boolean> {
  const apply = (whose: string) => updated(tx, `
    UPDATE tokens.credential SET
      configured_version = $2, owner_id = $5,
      project_ids = CASE WHEN project_id IS NULL THEN $4::text[] ELSE ARRAY[project_id] END,
      status = CASE WHEN NOT $3 THEN 'disabled' WHEN status = 'disabled' THEN coalesce(status_when_enabled, 'usable') ELSE status END,
      status_when_enabled = CASE WHEN $3 THEN NULL WHEN status = 'disabled' THEN status_when_enabled ELSE status END,
      updated_at = clock_timestamp()
    WHERE ${whose} = $1 AND deleted_at IS NULL AND configured_version < $2 RETURNING connection_id`, [connectionId, version, enabled, projectIds, ownerId]);
  const rows = await apply('connection_id');
  if (rows.length > 0) await apply('base_connection_id');
  return rows.length > 0;
}

/** For a connection whose credential is still to come. */
export async function keepEarlyConfiguration(tx: EntityManager, { connectionId, version, enabled, projectIds, ownerId }: Configuration): Promise<boolean> {
  const rows = (await tx.query(
    `INSERT INTO tokens.early_configuration AS kept (connection_id, version, enabled, project_ids, owner_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (connection_id) DO UPDATE SET
       version = excluded.version, enabled = excluded.enabled, project_ids = excluded.project_ids, owner_id = excluded.owner_id, received_at = now()
     WHERE kept.version < excluded.version RETURNING connection_id`,
    [connectionId, version, enabled, projectIds, ownerId],
  )) as unknown[];
  return rows.length > 0;
}

export async function takeEarlyConfiguration(tx: EntityManager, connectionId: string): Promise<Configuration | undefined> {
  const [early] = await updated<Configuration>(tx, `
    DELETE FROM tokens.early_configuration WHERE connection_id = $1
    RETURNING connection_id AS "connectionId", version, enabled, project_ids AS "projectIds", owner_id AS "ownerId"`, [connectionId]);
  return early;
}
