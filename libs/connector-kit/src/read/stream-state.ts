import { z } from 'zod';
import type { Incremental } from '@trunkline/catalog';
import { isTime } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { laterOf } from './cursor-value.js';
import type { CursorValue } from './cursor-value.js';

const cursorValue = z.union([z.number(), z.string().max(4_096)]).nullable();
const token = z.string().max(16_384);

const streamState = z.strictObject({
  v: z.literal(1),
  /** The pass has come to its end; the next one starts behind it. */
  done: z.boolean(),
  /** Where this pass starts, without lookback; null: at the beginning. Does not move before the pass is done. */
  since: cursorValue,
  /** The latest cursor value seen. */
  newest: cursorValue,
  /** When the pass began: on our clock, and as the provider's first answer says. Milliseconds since 1970. */
  startedAt: z.number(),
  ceiling: z.number().nullable(),
  /** Where the next page is; null: the first one. */
  position: z
    .union([
      z.strictObject({ cursor: token }),
      z.strictObject({ page: z.int() }),
      z.strictObject({ offset: z.int() }),
      z.strictObject({ url: token }),
    ])
    .nullable(),
  /** Page size of the whole pass: with another one, page numbers would mean other records. */
  pageSize: z.int().nullable(),
  /** Pages read in this pass. */
  pages: z.int(),
  loop: z.strictObject({ anchor: z.string(), steps: z.int(), limit: z.int() }).nullable(),
  /** Reading on by value: from where, which records of that very value have been read already, and the page size if it had to grow. */
  seek: z.strictObject({ since: z.union([z.number(), z.string()]), seen: z.array(z.string()), size: z.int().nullable() }).nullable(),
});

/**
 * How far a stream has been read: plain JSON of at most 64 KiB, to be kept as it is and given back to `readStream`, in this process
 * or another. What is inside is nobody else's business.
 */
export type StreamState = z.output<typeof streamState>;

/** A kept state as it comes back. @throws ProviderError `rejected` if it is not one of ours */
export function parseState(value: unknown, streamName: string): StreamState | null {
  if (value === null || value === undefined) return null;
  const result = streamState.safeParse(value);
  if (!result.success) throw new ProviderError('rejected', `the checkpoint of the stream ${streamName} cannot be read; read the stream from its beginning`);
  return result.data;
}

/** Values of the other kind (the definition has changed its cursor) cannot be compared with what comes. */
const comparable = (value: CursorValue | null, incremental: Incremental) => value !== null && (typeof value === 'string') === (incremental.format === 'string');

/**
 * Where the pass after this one starts. Not behind the moment this pass began: what changed meanwhile may have been on a page that
 * was already read, and a record dated in the future must not blind the stream. Never before where this pass started.
 */
function nextSince(done: StreamState, incremental: Incremental | undefined): CursorValue | null {
  if (incremental === undefined || !comparable(done.newest, incremental)) return comparableOrNull(done.since, incremental);
  const { newest, ceiling, startedAt } = done;
  const reached = isTime(incremental.format) ? Math.min(newest as number, ceiling ?? startedAt) : newest;
  return laterOf(comparableOrNull(done.since, incremental), reached);
}
const comparableOrNull = (value: CursorValue | null, incremental: Incremental | undefined) =>
  incremental !== undefined && comparable(value, incremental) ? value : null;

/** The state a reader starts with: goes on with an unfinished pass, else begins the next one. */
export function beginState(kept: StreamState | null, incremental: Incremental | undefined, pageSize: number | null, now: number): StreamState {
  if (kept !== null && !kept.done) return kept;
  const since = kept === null ? null : nextSince(kept, incremental);
  return { v: 1, done: false, since, newest: since, startedAt: now, ceiling: null, position: null, pageSize, pages: 0, loop: null, seek: null };
}

/** The page size of the next request. */
export const askedPageSize = (state: StreamState): number | null => state.seek?.size ?? state.pageSize;
