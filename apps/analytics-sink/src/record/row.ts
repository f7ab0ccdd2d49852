/** A record as it will stand in `analytics.record`. */
export interface Row {
  readonly key: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly data: unknown;
}

export type Judgement = { row: Row } | { reason: string };

/** What a record must be in order to have a place in the table. Names the fault, never the value. */
export function asRow(record: unknown): Judgement {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return { reason: 'is not an object' };
  const { op, key, version, data } = record as Record<string, unknown>;
  if (op !== 'upsert' && op !== 'delete') return { reason: 'op is neither "upsert" nor "delete"' };
  if (typeof key !== 'string' || key === '') return { reason: 'key is not a text' };
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) return { reason: 'version is not a whole number' };
  if (op === 'delete') return { row: { key, version, deleted: true, data: null } };
  if (typeof data !== 'object' || data === null) return { reason: 'an upsert has no data' };
  return { row: { key, version, deleted: false, data } };
}

/**
 * One row per key, the highest version: a statement may not touch a row twice (`ON CONFLICT DO UPDATE command cannot affect row a
 * second time`), and the lower versions would lose anyway.
 */
export function latestOfEachKey<Item extends Pick<Row, 'key' | 'version'>>(rows: readonly Item[]): Item[] {
  const latest = new Map<string, Item>();
  for (const row of rows) {
    const known = latest.get(row.key);
    if (known === undefined || row.version > known.version) latest.set(row.key, row);
  }
  return latest.size === rows.length ? (rows as Item[]) : [...latest.values()];
}
