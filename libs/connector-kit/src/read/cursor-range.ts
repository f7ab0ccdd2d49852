import { isTime } from '@trunkline/catalog';
import type { Incremental } from '@trunkline/catalog';
import { floorCursor, formatCursor, oneUnitEarlier, parseCursor } from './cursor-value.js';
import type { CursorValue } from './cursor-value.js';
import type { HttpState } from './stream-state.js';

/** The oldest value this pass wants, ties included: where it starts, less the lookback. Null: everything. */
export function lowerBound(state: HttpState, incremental: Incremental): CursorValue | null {
  if (state.since === null) {
    if (incremental.start === undefined) return null;
    return parseCursor(isTime(incremental.format) ? 'iso8601' : incremental.format, incremental.start);
  }
  return typeof state.since === 'number' && isTime(incremental.format) ? state.since - incremental.lookbackSeconds * 1_000 : state.since;
}

/** `{{cursor.since}}` and `{{cursor.until}}` of the next request. */
export function cursorVariables(state: HttpState, incremental: Incremental | undefined): { since?: string | number; until?: string | number } {
  if (incremental === undefined) return {};
  const { format, inclusive } = incremental;
  const bound = state.seek?.since ?? lowerBound(state, incremental);
  const asked = bound === null || inclusive ? bound : oneUnitEarlier(format, floorCursor(format, bound));
  return {
    ...(asked !== null && { since: formatCursor(format, asked) }),
    ...(isTime(format) && { until: formatCursor(format, state.startedAt) }),
  };
}
