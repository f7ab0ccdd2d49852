import type { HttpStream } from '@trunkline/catalog';
import { holds } from '../answer/classify-answer.js';
import { readPath } from '../read-path.js';
import { parseCursor } from './cursor-value.js';
import type { CursorValue } from './cursor-value.js';
import { recordKey } from './record-key.js';
import type { Shaped } from './shape-record.js';

/** One record, as the pipeline takes it. */
export interface ReadRecord {
  readonly op: 'upsert' | 'delete';
  readonly key: string;
  /** The record as the provider sent it; null for a delete. */
  readonly data: Record<string, unknown> | null;
}

/** A record together with its cursor value (null: none that can be read, or the stream has no cursor). */
export interface DatedRecord {
  readonly record: ReadRecord;
  readonly cursor: CursorValue | null;
}

/** A record that cannot be passed on; `index` is its place in the page, from 0. */
export interface Quarantined {
  readonly index: number;
  readonly reason: string;
}

/** Turns what was selected into records. One broken record is put aside, the others go on. */
export function readRecords(selected: readonly Shaped[], stream: Pick<HttpStream, 'incremental' | 'deletedWhen' | 'primaryKey'>): { dated: DatedRecord[]; quarantined: Quarantined[] } {
  const { incremental, deletedWhen, primaryKey } = stream;
  const fieldFormat = incremental && (incremental.fieldFormat ?? incremental.format);
  const dated: DatedRecord[] = [];
  const quarantined: Quarantined[] = [];
  selected.forEach((shaped, index) => {
    if ('reason' in shaped) {
      quarantined.push({ index, reason: shaped.reason });
      return;
    }
    const { value } = shaped;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      quarantined.push({ index, reason: 'is not an object' });
      return;
    }
    const key = recordKey(value, primaryKey);
    if ('reason' in key) {
      quarantined.push({ index, reason: key.reason });
      return;
    }
    const deleted = deletedWhen !== undefined && holds(deletedWhen, value);
    const cursor = incremental && fieldFormat ? parseCursor(fieldFormat, readPath(value, incremental.cursorField)) : null;
    dated.push({ record: { op: deleted ? 'delete' : 'upsert', key: key.key, data: deleted ? null : (value as Record<string, unknown>) }, cursor });
  });
  return { dated, quarantined };
}
