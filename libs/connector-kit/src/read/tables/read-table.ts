import type { TableStream } from '@trunkline/catalog';
import { ProviderError } from '../../provider-error.js';
import type { ReadEnvironment } from '../http-reader.js';
import { persist } from '../persist.js';
import type { ReadPage } from '../read-page.js';
import { readRecords } from '../read-records.js';
import { withFields } from '../shape-record.js';
import type { TableState } from '../stream-state.js';
import type { Database, Row, RowsWanted, Table } from './database.js';
import { streamsIn } from './discover-streams.js';
import { named, openDatabase } from './open-database.js';
import { tableKey } from './table-key.js';
import type { TableKey } from './table-key.js';

const defaultMaxBytes = 32 * 1024 * 1024;
/** How often a page under way is weighed. */
const weighMs = 20;

/** A signed-in reader of one table. */
interface Opened {
  readonly database: Database;
  readonly stream: TableStream;
  readonly table: Table;
  readonly key: TableKey;
}

async function describe(environment: ReadEnvironment, database: Database, wanted: TableStream | string): Promise<Opened> {
  const { connector } = environment.bound;
  const stream = typeof wanted === 'string' ? (await streamsIn(database, environment.bound)).find(({ name }) => name === wanted)?.stream : wanted;
  if (stream === undefined) throw new ProviderError('rejected', `${connector.name} has no stream "${String(wanted)}"`);
  const [table] = await database.tables(stream.schema ?? null, stream.table);
  if (table === undefined) throw new ProviderError('rejected', `${connector.name} has no table "${stream.table}" that the user may read`);
  return { database, stream, table, key: tableKey(table, stream) };
}

async function begin(kept: TableState | null, { database, stream, key }: Opened): Promise<TableState> {
  const columns = key.columns.map(({ name }) => name);
  // The place in an order by other columns means nothing: the pass begins anew.
  const same = kept !== null && JSON.stringify(kept.columns) === JSON.stringify(columns);
  if (kept !== null && same && !kept.done) return kept;
  const base = { v: 2 as const, protocol: stream.protocol, done: false, after: null, columns, pages: 0, clean: true };
  if (key.cursor === null) return { ...base, since: null, newest: null, ceiling: null };
  const since = same ? kept.newest : null;
  const ceiling = await database.clock(key.cursor, 0);
  const back = since !== null && ceiling !== null && stream.lookbackSeconds > 0 ? await database.earlier(key.cursor, since, stream.lookbackSeconds) : since;
  return { ...base, since: back, newest: since, ceiling };
}

/** The rows of a page, unless they are more than may be taken in at once. */
async function weighed(database: Database, wanted: RowsWanted, maxBytes: number): Promise<{ rows: Row[]; bytes: number }> {
  const before = database.received();
  let tooLarge = false;
  const timer = setInterval(() => {
    if (tooLarge || database.received() - before <= maxBytes) return;
    tooLarge = true;
    void database.close();
  }, weighMs);
  try {
    const rows = await database.rows(wanted);
    return { rows, bytes: database.received() - before };
  } catch (error) {
    if (tooLarge) throw new ProviderError('malformed', `a page of the table ${wanted.table.name} is larger than ${maxBytes} bytes; ask for smaller pages`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** The cursor value the next pass begins at: of the last row, but not behind the moment this pass began. Texts of one format and zone, so they can be compared. */
const newestOf = (state: TableState, last: Row | undefined, { cursor }: TableKey): string | null => {
  const value = cursor === null ? null : (last?.key[0] ?? state.newest);
  return value !== null && state.ceiling !== null && value > state.ceiling ? state.ceiling : value;
};

async function readPage(environment: ReadEnvironment, opened: Opened, state: TableState): Promise<ReadPage<TableState>> {
  const { database, stream, table, key } = opened;
  const limit = Math.max(1, Math.min(stream.pageSize, Math.floor(environment.pageSize ?? stream.pageSize)));
  const { rows, bytes } = await weighed(database, { table, key: key.columns, after: state.after as readonly string[] | null, from: state.since, limit }, environment.maxPageBytes ?? defaultMaxBytes);
  const shaped = rows.map(({ cells }) => {
    const data = Object.fromEntries(table.columns.map((column, index) => [column.name, database.value(column, cells[index] ?? null)]));
    return { value: withFields(data, stream.addFields, environment.bound.values) };
  });
  const { dated, quarantined } = readRecords(shaped, { primaryKey: key.primaryKey.map((name) => [name]), ...(stream.deletedWhen && { deletedWhen: stream.deletedWhen }) });
  const last = rows.at(-1);
  const done = rows.length < limit;
  const clean = state.clean && quarantined.length === 0;
  const full = state.since === null;
  // A key whose text does not lead back to its place would be read again and again.
  if (!done && JSON.stringify(last!.key) === JSON.stringify(state.after)) throw new ProviderError('looping', `the table ${table.name} cannot be paged by ${key.columns.map(({ name }) => name).join(', ')}: a page ended where it began`);
  if (state.pages + 1 > environment.limits.maxPages) throw new ProviderError('looping', `the stream ${stream.name} has more than ${environment.limits.maxPages} pages`);
  const next: TableState = { ...state, done, clean, pages: state.pages + 1, after: done ? null : [...last!.key], newest: newestOf(state, last, key) };
  return { records: dated.map(({ record }) => record), state: next, done, full, complete: done && full && clean, bytes, quarantined };
}

/** Reads a table page by page, by key. The connection lasts as long as the reading; trouble with one opens another. */
export async function* readTable(environment: ReadEnvironment, wanted: TableStream | string, kept: TableState | null): AsyncGenerator<ReadPage, void, void> {
  const { egress, bound, signal, timeoutMs, credential } = environment;
  let opened: Opened | null = null;
  const close = async () => {
    await opened?.database.close();
    opened = null;
  };
  const abort = () => void close();
  signal.addEventListener('abort', abort, { once: true });
  const open = async (): Promise<Opened> => {
    if (opened !== null) return opened;
    const database = await openDatabase({ connect: egress.connect?.bind(egress), check: egress.check?.bind(egress) }, bound, await credential(), timeoutMs);
    try {
      opened = await describe(environment, database, wanted);
      return opened;
    } catch (error) {
      await database.close();
      throw error;
    }
  };
  const attempt = async <Result>(work: (with_: Opened) => Promise<Result>): Promise<Result> => {
    try {
      return await work(await open());
    } catch (error) {
      await close();
      signal.throwIfAborted();
      throw named(error, bound.connector.name);
    }
  };
  try {
    let state = await persist(() => attempt((at) => begin(kept, at)), signal);
    do {
      const page: ReadPage<TableState> = await persist(() => attempt((at) => readPage(environment, at, state)), signal);
      state = page.state;
      yield page;
    } while (!state.done);
  } finally {
    signal.removeEventListener('abort', abort);
    await close();
  }
}
