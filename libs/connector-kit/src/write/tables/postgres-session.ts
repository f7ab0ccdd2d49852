// The database here is a customer's; ours stays out of reach of this package.
// eslint-disable-next-line @nx/enforce-module-boundaries
import pg from 'pg';
import { ProviderError } from '../../provider-error.js';
import type { DatabaseAccess } from '../../read/tables/database.js';
import { connectPostgres, localSettings, postgresFailure } from '../../read/tables/postgres.js';
import { narrowedDown } from '../untaken.js';
import { ownColumns, textOfValue } from './table-row.js';
import type { TableRow } from './table-row.js';
import type { TableSession, TableWanted } from './table-session.js';

const quoted = (name: string): string => pg.escapeIdentifier(name);

const columnsSql = `
  SELECT n.nspname::text AS schema, a.attname::text AS name, format_type(a.atttypid, NULL) AS type,
    EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)::text AS "isUnique"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p') AND n.nspname = coalesce($1, current_schema()) AND c.relname = $2`;

interface Found {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  /** `true` or `false`. */
  readonly isUnique: string;
}

const stateOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code);

/** Values that do not fit, rules of the table (constraints, triggers), rows too large for its indexes: of one row, not of all. */
function reasonOf(error: unknown): string | null {
  const state = stateOf(error);
  return /^(?:22|23|54)[0-9A-Z]{3}$|^P0001$/.test(state) ? `the table does not take it (SQLSTATE ${state})` : null;
}

/** Another writer made the same table, or column, at the same moment. */
const madeMeanwhile = new Set(['23505', '42P07', '42701', '42710']);

/** Signs in to PostgreSQL to write one table. @throws ProviderError */
export async function openPostgresTable(access: DatabaseAccess, wanted: TableWanted): Promise<TableSession> {
  const client = await connectPostgres(access);
  const { socket, timeoutMs } = access;
  const query = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> => {
    const timer = setTimeout(() => socket.destroy(), timeoutMs + 1_000);
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      clearTimeout(timer);
    }
  };
  const transaction = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      await query(`BEGIN; ${localSettings(timeoutMs)}`);
      const result = await work();
      await query('COMMIT');
      return result;
    } catch (error) {
      await query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  };
  const close = (): void => {
    socket.destroy();
    void client.end().catch(() => undefined);
  };

  try {
    const described = async (): Promise<Found[]> => transaction(() => query<Found & pg.QueryResultRow>(columnsSql, [wanted.schema, wanted.table]));
    let found = await described();
    const lacks = found.length === 0 || wanted.columns.some(({ name }) => !found.some((one) => one.name === name));
    if (wanted.create && lacks) {
      await make(query, wanted, found, transaction).catch((error: unknown) => {
        if (!madeMeanwhile.has(stateOf(error))) throw error;
      });
      found = await described();
    }
    const insert = insertInto(wanted, fit(wanted, found));
    return {
      write: async (rows) => {
        try {
          return await transaction(() => write(query, insert, rows));
        } catch (error) {
          throw postgresFailure(error);
        }
      },
      close,
    };
  } catch (error) {
    close();
    throw postgresFailure(error);
  }
}

type Query = (text: string, values?: unknown[]) => Promise<unknown[]>;

async function make(query: Query, { schema, table, columns }: TableWanted, found: readonly Found[], transaction: (work: () => Promise<void>) => Promise<void>): Promise<void> {
  const [into] = found;
  const name = `${schema === null ? '' : `${quoted(schema)}.`}${quoted(table)}`;
  await transaction(async () => {
    if (into === undefined) {
      const own = '"_key" text PRIMARY KEY, "_version" bigint NOT NULL, "_deleted" boolean NOT NULL DEFAULT false, "data" jsonb';
      await query(`CREATE TABLE ${name} (${[own, ...columns.map((column) => `${quoted(column.name)} text`)].join(', ')})`);
      return;
    }
    for (const column of columns) if (!found.some((one) => one.name === column.name)) await query(`ALTER TABLE ${name} ADD COLUMN ${quoted(column.name)} text`);
  });
}

/** The columns to be written, in order. @throws ProviderError `rejected` if the table is not one that can be written to */
function fit({ table, columns }: TableWanted, found: readonly Found[]): Found[] {
  const refuse = (what: string) => new ProviderError('rejected', `the table "${table}" ${what}`);
  if (found.length === 0) throw refuse('is not there, or the user may not see it');
  const names = [...ownColumns, ...columns.map(({ name }) => name)];
  const missing = names.filter((name) => !found.some((one) => one.name === name));
  if (missing.length > 0) throw refuse(`lacks the columns ${missing.join(', ')}`);
  if (!found.some(({ name, isUnique }) => name === '_key' && isUnique === 'true')) throw refuse('has no unique index of "_key" alone');
  return names.map((name) => found.find((one) => one.name === name)!);
}

/** One statement for any number of rows: each column comes as an array of texts and is cast to the column's type, so a value too long is refused and not cut off. */
function insertInto({ table }: TableWanted, columns: readonly Found[]): string {
  const names = columns.map(({ name }) => quoted(name));
  const places = columns.map((_, index) => `c${index}`);
  const kept = new Set(['_key', '_version', '_deleted']);
  const changes = columns.flatMap(({ name }) => {
    const column = quoted(name);
    if (name === '_key') return [];
    return [kept.has(name) ? `${column} = excluded.${column}` : `${column} = CASE WHEN excluded."_deleted" THEN held.${column} ELSE excluded.${column} END`];
  });
  return `
    INSERT INTO ${quoted(columns[0]!.schema)}.${quoted(table)} AS held (${names.join(', ')})
    SELECT ${columns.map(({ type }, index) => `x.c${index}::${type}`).join(', ')} FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS x(${places.join(', ')})
    ON CONFLICT ("_key") DO UPDATE SET ${changes.join(', ')} WHERE held."_version" < excluded."_version"`;
}

const cellsOf = ({ key, version, deleted, data, values }: TableRow): (string | null)[] => [key, String(version), String(deleted), data, ...values.map(textOfValue)];

async function write(query: Query, insert: string, rows: readonly TableRow[]) {
  const attempt = async (places: readonly number[]): Promise<void> => {
    const cells = places.map((place) => cellsOf(rows[place]!));
    await query('SAVEPOINT part');
    try {
      await query(insert, cells[0]!.map((_, column) => cells.map((row) => row[column]!)));
    } catch (error) {
      if (reasonOf(error) !== null) await query('ROLLBACK TO SAVEPOINT part');
      throw error;
    }
    await query('RELEASE SAVEPOINT part');
  };
  const untaken = await narrowedDown(rows.map((_, place) => place), attempt, reasonOf);
  return untaken.map(({ index, reason }) => ({ index: rows[index]!.index, reason }));
}
