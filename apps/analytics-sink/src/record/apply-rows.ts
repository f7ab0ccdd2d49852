import type { Statement } from '@trunkline/persistence';
import type { IncomingBatch } from './incoming-batch.js';
import type { Row } from './row.js';
import { storableJson } from './storable-text.js';

export interface RowCounts {
  /** False: the shape is gone, and nothing was written. */
  readonly stands: boolean;
  readonly upserted: number;
  readonly deleted: number;
}

/**
 * Upserts and deletes alike. A deleted record stays as a tombstone, so that an older upsert that comes late finds a higher version
 * and changes nothing. Ordered by key: two batches with keys in common lock them in one order and wait instead of deadlocking.
 * The shape's row is held meanwhile, so that the stream's view is not dropped as empty under rows that are just being written.
 */
export const applyRowsTo = (table: 'record' | 'record_rebuilt'): Statement => ({
  name: `analytics_apply_rows_to_${table}`,
  text: `
    WITH shape AS (
      SELECT id FROM analytics.stream_shape WHERE id = $8::bigint FOR KEY SHARE
    ), stands AS MATERIALIZED (
      SELECT $8::bigint IS NULL OR EXISTS (SELECT 1 FROM shape) AS yes
    ), applied AS (
      INSERT INTO analytics.${table} AS held (project_id, connection_id, connector, stream, run_id, generation, key, version, deleted, data)
      SELECT $1, $2, $3, $4, $5, $6::bigint, b.key, b.version, b.deleted, b.data
      FROM jsonb_to_recordset($7::jsonb) AS b(key text, version bigint, deleted boolean, data jsonb)
      WHERE (SELECT yes FROM stands)
      ORDER BY b.key COLLATE "C"
      ON CONFLICT (connection_id, stream, key) DO UPDATE
        SET version = excluded.version, generation = excluded.generation, project_id = excluded.project_id, connector = excluded.connector,
            run_id = excluded.run_id, deleted = excluded.deleted, data = excluded.data, updated_at = now()
        WHERE excluded.version > held.version
      RETURNING held.deleted
    )
    SELECT (SELECT yes FROM stands) AS stands, count(*) FILTER (WHERE NOT deleted)::int AS upserted, count(*) FILTER (WHERE deleted)::int AS deleted FROM applied`,
});

/** `shape`: null for rows of which none has data. */
export function rowValues(batch: IncomingBatch, rows: readonly Row[], shape: string | null): unknown[] {
  const content = storableJson(rows.map(({ key, version, deleted, data }) => ({ key, version, deleted, data })));
  const { projectId, connectionId, connector, stream, runId, generation } = batch;
  return [projectId, connectionId, connector, stream, runId, generation, content, shape];
}
