import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SERVICE_CONTEXT, type CommonConfig, type ServiceContext } from '@trunkline/service';
import type { SinkConfig } from '../config.js';
import { buildView, dropView } from './build-view.js';
import { inferShape } from './infer-shape.js';
import type { Kind } from './kind.js';
import { unseen, viewNameFor, withEvidence, type Evidence, type Field } from './shape.js';
import { onlyAdds } from './view-definition.js';

interface ShapeRow {
  id: string;
  connector: string;
  stream: string;
  view_name: string;
  fields: Field[];
  shown: Field[] | null;
  problem: string | null;
  stale: boolean;
}

interface Known {
  readonly id: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly full: boolean;
}

/** All changes of views take turns: names are given once, and two replicas that see a field at once make one column. */
const takeTurn = `SELECT pg_advisory_xact_lock(hashtextextended('trunkline:analytics:views', 0))`;

/** From stream to stream along the index, not row by row: this is asked every minute. */
const streamsToTidy = `
  WITH RECURSIVE present AS (
    (SELECT connector, stream FROM analytics.record WHERE NOT deleted ORDER BY connector, stream LIMIT 1)
    UNION ALL
    SELECT further.connector, further.stream FROM present CROSS JOIN LATERAL (
      SELECT r.connector, r.stream FROM analytics.record r WHERE NOT r.deleted AND (r.connector, r.stream) > (present.connector, present.stream) ORDER BY r.connector, r.stream LIMIT 1
    ) further
  )
  SELECT coalesce(p.connector, s.connector) AS connector, coalesce(p.stream, s.stream) AS stream
    FROM present p FULL JOIN analytics.stream_shape s ON s.connector = p.connector AND s.stream = p.stream
   WHERE p.connector IS NULL OR s.connector IS NULL OR s.problem IS NOT NULL OR s.stale`;

/**
 * The typed view of each stream. A batch is compared with what is known (in memory); only one that brings something new costs a
 * transaction, and that one comes before its rows, so that no row ever stands under a column which does not fit it.
 */
@Injectable()
export class StreamViews {
  readonly #database: DataSource;
  readonly #logger: ServiceContext['logger'];
  readonly #most: number;
  readonly #known = new Map<string, Known>();

  constructor(@Inject(DataSource) database: DataSource, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & SinkConfig>) {
    this.#database = database;
    this.#logger = context.logger;
    this.#most = context.config.sinkViewColumns;
  }

  /** @returns the shape that fits the records; rows are written under it as long as it stands */
  async fit(connector: string, stream: string, records: readonly unknown[]): Promise<string> {
    const name = `${connector}.${stream}`;
    const known = this.#known.get(name);
    const evidence = unseen(known?.kinds ?? new Map<string, Kind>(), known?.full ?? false, records);
    if (known !== undefined && evidence.size === 0) return known.id;
    const widened = await this.#widen(connector, stream, evidence);
    this.#known.set(name, widened);
    return widened.id;
  }

  /** The shape was dropped together with the stream's last row. */
  forget(connector: string, stream: string): void {
    this.#known.delete(`${connector}.${stream}`);
  }

  async #widen(connector: string, stream: string, evidence: Evidence): Promise<Known> {
    return this.#database.transaction(async (tx) => {
      await tx.query(takeTurn);
      const row = (await shapeOf(tx, connector, stream)) ?? (await this.#create(tx, connector, stream));
      const fields = withEvidence(row.fields, evidence, this.#most);
      await this.#show(tx, row, fields);
      return { id: row.id, kinds: new Map(fields.map(({ field, kind }) => [field, kind])), full: fields.length >= this.#most };
    });
  }

  async #create(tx: EntityManager, connector: string, stream: string): Promise<ShapeRow> {
    const present: { name: string }[] = await tx.query(`SELECT relname AS name FROM pg_class WHERE relnamespace = 'analytics'::regnamespace UNION SELECT view_name FROM analytics.stream_shape`);
    const taken = new Set(present.map(({ name }) => name));
    const fields = withEvidence([], await inferShape(tx, connector, stream), this.#most);
    await tx.query(`INSERT INTO analytics.stream_shape (connector, stream, view_name, fields) VALUES ($1, $2, $3, $4)`, [connector, stream, viewNameFor(connector, stream, (name) => taken.has(name)), JSON.stringify(fields)]);
    return (await shapeOf(tx, connector, stream))!;
  }

  async #show(tx: EntityManager, row: ShapeRow, fields: readonly Field[]): Promise<void> {
    if (row.shown !== null && row.problem === null && row.shown.length === fields.length && onlyAdds(row.shown, fields)) return;
    const { shown, problem } = await buildView(tx, { ...row, view: row.view_name }, row.shown, fields);
    if (problem !== null && problem !== row.problem) this.#logger.warn({ view: row.view_name, problem }, 'a view does not show everything');
    await tx.query(`UPDATE analytics.stream_shape SET fields = $2, shown = $3, problem = $4, changed_at = now() WHERE id = $1`, [
      row.id,
      JSON.stringify(fields),
      shown.length === 0 && problem !== null ? null : JSON.stringify(shown),
      problem,
    ]);
  }

  /** Shows what could not be shown before, drops the views of streams that have no rows left, and makes those that are missing. */
  async tidy(): Promise<void> {
    const rows: { connector: string; stream: string }[] = await this.#database.query(streamsToTidy);
    for (const { connector, stream } of rows) await this.#database.transaction((tx) => this.#tidyOne(tx, connector, stream));
  }

  /** The rows' writers hold the shape while they write (see apply-rows.ts): after its lock, what they wrote is seen. */
  async #tidyOne(tx: EntityManager, connector: string, stream: string): Promise<void> {
    await tx.query(takeTurn);
    const row = (await shapeOf(tx, connector, stream, 'FOR UPDATE')) ?? (await this.#create(tx, connector, stream));
    const [{ rows }] = (await tx.query(`SELECT EXISTS (SELECT 1 FROM analytics.record WHERE connector = $1 AND stream = $2 AND NOT deleted) AS rows`, [connector, stream])) as [{ rows: boolean }];
    if (rows) {
      const fields = row.stale ? withEvidence(row.fields, await inferShape(tx, connector, stream), this.#most) : row.fields;
      await this.#show(tx, row, fields);
      if (row.stale) await tx.query('UPDATE analytics.stream_shape SET stale = false WHERE id = $1', [row.id]);
      return;
    }
    if (!(await dropView(tx, row.view_name))) return;
    await tx.query('DELETE FROM analytics.stream_shape WHERE id = $1', [row.id]);
    this.forget(connector, stream);
  }
}

async function shapeOf(tx: EntityManager, connector: string, stream: string, lock = 'FOR NO KEY UPDATE'): Promise<ShapeRow | undefined> {
  const rows: ShapeRow[] = await tx.query(`SELECT id, connector, stream, view_name, fields, shown, problem, stale FROM analytics.stream_shape WHERE connector = $1 AND stream = $2 ${lock}`, [connector, stream]);
  return rows[0];
}
