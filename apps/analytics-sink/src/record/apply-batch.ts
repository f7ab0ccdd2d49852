import { Inject, Injectable } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { counter, SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import { StreamViews } from '../view/stream-views.js';
import { applyRowsTo, rowValues, type RowCounts } from './apply-rows.js';
import { describeFault, isFaultOfRecords } from './fault-of-records.js';
import type { IncomingBatch } from './incoming-batch.js';
import { asRow, latestOfEachKey, type Row } from './row.js';
import { storableText } from './storable-text.js';

const applyRows = applyRowsTo('record');

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
  readonly #views: StreamViews;
  readonly #logger: ServiceContext['logger'];
  readonly #rows = counter('trunkline_sink_rows_total', 'Records of consumed batches, by what became of them.', ['connector', 'outcome']);

  constructor(@Inject(Sql) sql: Sql, @Inject(StreamViews) views: StreamViews, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#sql = sql;
    this.#views = views;
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
        await this.#reject(messageId, batch, row.position, describeFault(error));
      }
    }
    return sum;
  }

  async #write(batch: IncomingBatch, rows: readonly Row[]): Promise<RowCounts> {
    const { connector, stream } = batch;
    const records = rows.filter(({ deleted }) => !deleted).map(({ data }) => data);
    for (;;) {
      const shape = records.length === 0 ? null : await this.#views.fit(connector, stream, records);
      const counts = (await this.#sql.first<RowCounts>(applyRows, rowValues(batch, rows, shape)))!;
      if (counts.stands) return counts;
      this.#views.forget(connector, stream);
    }
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

function asText(record: unknown): string {
  try {
    return JSON.stringify(record);
  } catch {
    return '(nested too deep to be kept)';
  }
}
