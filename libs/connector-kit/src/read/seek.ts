import type { HttpStream } from '@trunkline/catalog';
import type { Position } from '../paginate/paginator.js';
import { lowerBound } from './cursor-range.js';
import { floorCursor } from './cursor-value.js';
import type { CursorValue } from './cursor-value.js';
import type { DatedRecord } from './read-records.js';
import type { HttpState } from './stream-state.js';

type Seek = HttpState['seek'];

/** Remembered records of one value, in characters: keeps the state small. What falls out is read twice, which changes nothing. */
const maxSeen = 24_000;

const mark = ({ record, cursor }: DatedRecord) => `${cursor} ${record.op} ${record.key}`;

/** Without the records already read at the value where reading went on. */
export function withoutSeen(dated: readonly DatedRecord[], seek: Seek): readonly DatedRecord[] {
  if (seek === null) return dated;
  const seen = new Set(seek.seen);
  return dated.filter((one) => !seen.has(mark(one)));
}

function bounded(marks: readonly string[]): string[] {
  let room = maxSeen;
  let from = marks.length;
  while (from > 0 && (room -= marks[from - 1]!.length) >= 0) from -= 1;
  return marks.slice(from);
}

/** The last value, or null if they are not in ascending order or one is missing: then a value says nothing about what is left. */
function ascending(dated: readonly DatedRecord[]): CursorValue | null {
  let last: CursorValue | null = null;
  for (const { cursor } of dated) {
    if (cursor === null || (last !== null && cursor < last)) return null;
    last = cursor;
  }
  return last;
}

/** A page size worth trying where one value fills a whole page; null if the provider gives no larger pages. */
function largerPage({ pagination }: HttpStream, size: number | null): number | null {
  if (pagination.type === 'none' || size === null) return null;
  const { maxPageSize = size } = pagination;
  return size < maxPageSize ? Math.min(size * 2, maxPageSize) : null;
}

/**
 * Pages that are counted shift under a reader when rows change: the changed row moves to the end, all behind it move up, and the
 * next number skips one. Where the provider sorts by the cursor, reading goes on from the last value seen instead, at the first page
 * from there. If rows of one value fill that page, a larger one is asked for, so that they come in one answer. Pages are counted only
 * within a value with more rows than the largest page.
 */
export function seekOn(stream: HttpStream, state: HttpState, dated: readonly DatedRecord[], next: Position): { position: Position | null; seek: Seek } {
  const { incremental } = stream;
  const count = { position: next, seek: state.seek };
  if (incremental?.order !== 'ascending') return count;
  const floored = (value: CursorValue | null) => (value === null ? null : floorCursor(incremental.format, value));
  const marksFrom = (value: CursorValue) => dated.filter(({ cursor }) => cursor !== null && cursor >= value).map(mark);

  const reached = state.seek?.since ?? floored(lowerBound(state, incremental));
  const last = floored(ascending(dated));
  if (last !== null && (reached === null || last > reached)) return { position: null, seek: { since: last, seen: bounded(marksFrom(last)), size: null } };
  if (reached === null || (last === null && state.seek === null)) return count;

  const current = state.seek ?? { since: reached, seen: [], size: null };
  const seen = bounded([...current.seen, ...marksFrom(reached)]);
  const larger = state.position === null ? largerPage(stream, current.size ?? state.pageSize) : null;
  return larger === null ? { position: next, seek: { ...current, seen } } : { position: null, seek: { ...current, seen, size: larger } };
}
