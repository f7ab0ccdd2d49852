import type { TableStream } from '@trunkline/catalog';
import { ProviderError } from '../../provider-error.js';
import type { Column, Table } from './database.js';

/** The columns a table is read by: the cursor column, if there is one, and then the key. */
export interface TableKey {
  readonly columns: readonly Column[];
  /** Those that name a row. */
  readonly primaryKey: readonly string[];
  readonly cursor: Column | null;
}

const mostKeyColumns = 8;

/**
 * How a table can be read so that no row is left out: by columns that are never NULL (nothing is behind NULL or before it) and that together are
 * unique (of two equal rows a page could end between).
 *
 * @throws ProviderError `rejected` for a table that cannot be read so
 */
export function tableKey(table: Table, stream: Pick<TableStream, 'primaryKey' | 'cursorColumn'>): TableKey {
  const wrong = (what: string) => new ProviderError('rejected', `the table ${table.name} ${what}`);
  const columnOf = (name: string): Column => {
    const found = table.columns.find((column) => column.name === name);
    if (found === undefined) throw wrong(`has no column "${name}" that the user may read`);
    if (found.nullable) throw wrong(`has the column "${name}", which can be NULL: rows without it would never be read`);
    return found;
  };
  const primaryKey = stream.primaryKey?.map(([name]) => name!) ?? table.primaryKey;
  if (primaryKey.length === 0) throw wrong('has no primary key to go on by; name columns that are unique under "primary_key"');
  if (primaryKey.length > mostKeyColumns) throw wrong(`has a key of more than ${mostKeyColumns} columns`);
  if (!table.uniqueKeys.some((names) => names.every((name) => primaryKey.includes(name)))) throw wrong(`has no unique index on ${primaryKey.join(', ')}`);
  const key = primaryKey.map(columnOf);
  const cursor = stream.cursorColumn === undefined ? null : columnOf(stream.cursorColumn);
  return { columns: cursor === null ? key : [cursor, ...key.filter(({ name }) => name !== cursor.name)], primaryKey, cursor };
}

const usualCursors = ['updated_at', 'modified_at', 'last_modified', 'updated'];
const isTimeType = (type: string) => /^(?:timestamptz|timestamp|datetime)$/.test(type);

/** The column a discovered table says by when a row changed; undefined if none is fit for it. */
export const usualCursor = (table: Table): string | undefined =>
  usualCursors.find((name) => table.indexed.includes(name) && table.columns.some((column) => column.name === name && !column.nullable && isTimeType(column.type)));
