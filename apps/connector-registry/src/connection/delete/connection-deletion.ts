import type { DataSource, EntityManager } from 'typeorm';

/** A connection that is gone while its credential may not be. The row stays until the keeper has confirmed. */
export interface Deletion {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  /** Grows when the same connection must be deleted again (a credential came late); an answer to an older request proves nothing. */
  readonly generation: number;
  readonly attempts: number;
}

interface Row {
  connection_id: string;
  platform_id: string;
  project_id: string | null;
  generation: number;
  attempts: number;
}

const toDeletion = (row: Row): Deletion => ({
  connectionId: row.connection_id,
  platformId: row.platform_id,
  projectId: row.project_id,
  generation: row.generation,
  attempts: row.attempts,
});

/**
 * Notes that the credential of a connection must go.
 * @param headStartSeconds how long the sweep leaves it to the caller, who tries by itself first; 0: the sweep takes it at once
 */
export async function noteDeletion(tx: EntityManager, about: Pick<Deletion, 'connectionId' | 'platformId' | 'projectId'>, headStartSeconds: number): Promise<Deletion> {
  const rows: Row[] = await tx.query(
    `INSERT INTO registry.connection_deletion (connection_id, platform_id, project_id, next_attempt_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))
     ON CONFLICT (connection_id) DO UPDATE SET generation = connection_deletion.generation + 1, attempts = 0, next_attempt_at = excluded.next_attempt_at
     RETURNING connection_id, platform_id, project_id, generation, attempts`,
    [about.connectionId, about.platformId, about.projectId, headStartSeconds],
  );
  return toDeletion(rows[0]!);
}

/** Takes what is due. Each replica takes others, and one that dies lets go when the pause (2 s, doubling up to 5 min) is over. */
export async function claimDeletions(database: DataSource, limit: number): Promise<Deletion[]> {
  const [rows] = await database.query<[Row[], number]>(
    `UPDATE registry.connection_deletion SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => least(300, 2 * 2 ^ least(attempts, 8)))
     WHERE connection_id IN (
       SELECT connection_id FROM registry.connection_deletion WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
     ) RETURNING connection_id, platform_id, project_id, generation, attempts`,
    [limit],
  );
  return rows.map(toDeletion);
}

export async function confirmDeletion(database: DataSource, { connectionId, generation }: Deletion): Promise<void> {
  await database.query('DELETE FROM registry.connection_deletion WHERE connection_id = $1 AND generation = $2', [connectionId, generation]);
}
