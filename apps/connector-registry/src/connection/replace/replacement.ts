import type { Principal } from '@trunkline/contracts';
import type { DataSource, EntityManager } from 'typeorm';

/** One connection that is to take the place of another in all flows. The row stays until that is done, whoever dies meanwhile. */
export interface Replacement {
  readonly id: string;
  readonly platformId: string;
  /** The project whose flows are changed; null: those of the whole platform. */
  readonly projectId: string | null;
  readonly sourceId: string;
  readonly targetId: string;
  readonly connector: string;
  readonly deleteSource: boolean;
  /** In whose name. */
  readonly principal: Principal;
}

interface Row {
  id: string;
  platform_id: string;
  project_id: string | null;
  source_id: string;
  target_id: string;
  connector: string;
  delete_source: boolean;
  principal: Principal;
}

const toReplacement = (row: Row): Replacement => ({
  id: row.id,
  platformId: row.platform_id,
  projectId: row.project_id,
  sourceId: row.source_id,
  targetId: row.target_id,
  connector: row.connector,
  deleteSource: row.delete_source,
  principal: row.principal,
});

/** @returns the note; one that says the same already is joined; null if another replacement of the source is under way */
export async function noteReplacement(tx: EntityManager, wanted: Omit<Replacement, 'id'>, headStartSeconds: number): Promise<Replacement | null> {
  await tx.query(
    `INSERT INTO registry.connection_replacement (platform_id, project_id, source_id, target_id, connector, delete_source, principal, next_attempt_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8)) ON CONFLICT DO NOTHING`,
    [wanted.platformId, wanted.projectId, wanted.sourceId, wanted.targetId, wanted.connector, wanted.deleteSource, JSON.stringify(wanted.principal), headStartSeconds],
  );
  const [row]: Row[] = await tx.query('SELECT * FROM registry.connection_replacement WHERE source_id = $1 AND project_id IS NOT DISTINCT FROM $2', [wanted.sourceId, wanted.projectId]);
  if (row === undefined || row.target_id !== wanted.targetId || row.delete_source !== wanted.deleteSource) return null;
  return toReplacement(row);
}

/** Takes what is due. Each replica takes others; longer than one attempt can take, no other replica takes it again. */
export async function claimReplacements(database: DataSource, limit: number): Promise<Replacement[]> {
  const [rows] = await database.query<[Row[], number]>(
    `UPDATE registry.connection_replacement SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => least(300, 15 * 2 ^ least(attempts, 5)))
     WHERE id IN (SELECT id FROM registry.connection_replacement WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING *`,
    [limit],
  );
  return rows.map(toReplacement);
}

/** Takes the note away. @returns false if somebody else has finished it */
export async function settleReplacement(tx: EntityManager, { id }: Replacement): Promise<boolean> {
  const [, count] = await tx.query<[unknown[], number]>('DELETE FROM registry.connection_replacement WHERE id = $1', [id]);
  return count > 0;
}
