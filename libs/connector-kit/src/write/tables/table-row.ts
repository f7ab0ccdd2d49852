import type { SourceRecord } from '@trunkline/contracts';
import { ProviderError } from '../../provider-error.js';
import { readPath } from '../../read-path.js';

/** A record as a row, with its place in the batch. */
export interface TableRow {
  readonly index: number;
  readonly key: string;
  readonly version: number;
  readonly deleted: boolean;
  /** JSON text; null for a delete. */
  readonly data: string | null;
  /** Of the mapped columns, in their order. */
  readonly values: readonly unknown[];
}

/** Columns every table has that is written to. */
export const ownColumns = ['_key', '_version', '_deleted', 'data'] as const;

/** A mapped column, and where its value is in the record's data. */
export interface MappedColumn {
  readonly name: string;
  readonly path: readonly string[];
}

/** @throws ProviderError `rejected` for a column that is written anyway */
export function mappedColumns(columns: Readonly<Record<string, string>>, connectorName: string): MappedColumn[] {
  const own = Object.keys(columns).filter((column) => (ownColumns as readonly string[]).includes(column.toLowerCase()));
  if (own.length > 0) throw new ProviderError('rejected', `${connectorName}: the columns ${own.join(', ')} are written anyway and cannot be mapped`);
  return Object.entries(columns).map(([name, path]) => ({ name, path: path.split('.') }));
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * The newest record of each key as a row, in the order of the keys: a statement cannot write one row twice, and who locks rows in one order
 * cannot lock each other out.
 */
export function rowsOf(records: readonly SourceRecord[], columns: readonly MappedColumn[]): TableRow[] {
  const newest = new Map<string, TableRow>();
  for (const [index, { op, key, version, data }] of records.entries()) {
    if ((newest.get(key)?.version ?? -1) >= version) continue;
    const deleted = op === 'delete';
    const values = columns.map(({ path }) => readPath(data, path)).map((value) => (isSet(value) ? value : null));
    newest.set(key, { index, key, version, deleted, data: deleted ? null : JSON.stringify(data), values });
  }
  return [...newest.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}

/** A value as a text both databases read; null for none. */
export function textOfValue(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
