import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { counter, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { IncomingBatch } from './incoming-batch.js';
import { asRow, latestOfEachKey, type Row } from './row.js';
import { storableJson, storableText } from './storable-text.js';

/**
 * Upserts and deletes alike. A deleted record stays as a tombstone, so that an older upsert that comes late finds a higher version
 * and changes nothing. Ordered by key: two batches with keys in common lock them in one order and wait instead of deadlocking.
 */
const applyRows: Statement = {
  name: 'analytics_apply_rows',
  text: `
    WITH applied AS (
      INSERT INTO analytics.record AS held (project_id, connection_id, connector, stream, run_id, generation, key, version, deleted, data)
      SELECT $1, $2, $3, $4, $5, $6::bigint, b.key, b.version, b.deleted, b.data
      FROM jsonb_to_recordset($7::jsonb) AS b(key text, version bigint, deleted boolean, data jsonb)
      ORDER BY b.key COLLATE "C"
      ON CONFLICT (connection_id, stream, key) DO UPDATE
        SET version = excluded.version, generation = excluded.generation, project_id = excluded.project_id, connector = excluded.connector,
            run_id = excluded.run_id, deleted = excluded.deleted, data = excluded.data, updated_at = now()
        WHERE excluded.version > held.version
      RETURNING held.deleted
    )
    SELECT count(*) FILTER (WHERE NOT deleted)::int AS upserted, count(*) FILTER (WHERE deleted)::int AS deleted FROM applied`,
};

const rejectRow: Statement = {
  name: 'analytics_reject_row',
  text: `
    INSERT INTO analytics.rejected (message_id, position, project_id, connection_id, connector, stream, run_id, reason, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
};

interface Placed extends Row {
  /** Place in the batch as it came. */
  readonly position: number;
}

/**
 * Applies one batch. Needs no inbox: the version guard makes it idempotent by itself, and that for ever, not only as long as an
 * inbox row is kept. Twice, late, or at the same moment on two replicas, the table ends up the same.
 */
@Injectable()
export class ApplyBatch {
  readonly #sql: Sql;
  readonly #logger: ServiceContext['logger'];
  readonly #rows = counter('trunkline_sink_rows_total', 'Records of consumed batches, by what became of them.', ['connector', 'outcome']);

  constructor(@Inject(Sql) sql: Sql, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#sql = sql;
    this.#logger = context.logger;
  }

  /** Returns once everything of the batch is committed: applied, known to be older, or put into `analytics.rejected`. */
  async apply(messageId: string, batch: IncomingBatch): Promise<void> {
    const rows: Placed[] = [];
    for (const [position, record] of batch.records.entries()) {
      const judged = asRow(record);
      if ('row' in judged) rows.push({ ...judged.row, key: storableText(judged.row.key), position });
      else await this.#reject(messageId, batch, position, judged.reason);
    }
    if (rows.length === 0) return;
    const latest = latestOfEachKey(rows);
    const applied = await this.#tryAll(messageId, batch, latest);
    this.#count(batch.connector, 'upserted', applied.upserted);
    this.#count(batch.connector, 'deleted', applied.deleted);
    this.#count(batch.connector, 'older', rows.length - applied.upserted - applied.deleted - applied.rejected);
  }

  async #tryAll(messageId: string, batch: IncomingBatch, rows: readonly Placed[]): Promise<Applied> {
    try {
      return { ...(await this.#write(batch, rows)), rejected: 0 };
    } catch (error) {
      if (!isFaultOfRecords(error)) throw error;
      this.#logger.warn({ error, messageId, rows: rows.length }, 'a batch was refused as a whole; its records are applied one by one');
    }
    const sum = { upserted: 0, deleted: 0, rejected: 0 };
    for (const row of rows) {
      try {
        const one = await this.#write(batch, [row]);
        sum.upserted += one.upserted;
        sum.deleted += one.deleted;
      } catch (error) {
        if (!isFaultOfRecords(error)) throw error;
        sum.rejected += 1;
        await this.#reject(messageId, batch, row.position, describe(error));
      }
    }
    return sum;
  }

  async #write(batch: IncomingBatch, rows: readonly Row[]): Promise<{ upserted: number; deleted: number }> {
    const content = storableJson(rows.map(({ key, version, deleted, data }) => ({ key, version, deleted, data })));
    const { projectId, connectionId, connector, stream, runId, generation } = batch;
    const counts = await this.#sql.first<{ upserted: number; deleted: number }>(applyRows, [projectId, connectionId, connector, stream, runId, generation, content]);
    return counts ?? { upserted: 0, deleted: 0 };
  }

  async #reject(messageId: string, batch: IncomingBatch, position: number, reason: string): Promise<void> {
    const { projectId, connectionId, connector, stream, runId } = batch;
    // The JSON text of the record: its escapes keep what PostgreSQL would refuse as characters.
    const record = asText(batch.records[position]);
    await this.#sql.rows(rejectRow, [messageId, position, projectId, connectionId, connector, stream, runId, reason, record]);
    this.#logger.warn({ messageId, position, connector, stream, reason }, 'a record was put aside');
    this.#count(connector, 'rejected', 1);
  }

  #count(connector: string, outcome: 'upserted' | 'deleted' | 'older' | 'rejected', rows: number): void {
    if (rows > 0) this.#rows.inc({ connector, outcome }, rows);
  }
}

interface Applied {
  upserted: number;
  deleted: number;
  rejected: number;
}

/**
 * SQLSTATE classes that speak of the values: 22 data exception, 23 constraint, 54 a limit (a key too long for the index, a value
 * too deep). Anything else (a timeout, a lost connection, a full disk) says nothing about a record and is tried again.
 */
function isFaultOfRecords(error: unknown): boolean {
  // JSON.stringify meets the end of the stack in a value nested some thousand levels deep.
  if (error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code));
}

/** The SQLSTATE says what was wrong; the message may quote the value and stays out. */
const describe = (error: unknown): string =>
  error instanceof Error && 'code' in error ? `PostgreSQL refuses it (SQLSTATE ${String(error.code)})` : 'is nested too deep';

function asText(record: unknown): string {
  try {
    return JSON.stringify(record);
  } catch {
    return '(nested too deep to be kept)';
  }
}
