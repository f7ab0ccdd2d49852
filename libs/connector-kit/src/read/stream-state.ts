import { z } from 'zod';
import type { HttpStream, Incremental } from '@trunkline/catalog';
import { isTime } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { firstWindow } from './window.js';
import { laterOf } from './cursor-value.js';
import type { CursorValue } from './cursor-value.js';

const cursorValue = z.union([z.number(), z.string().max(4_096)]).nullable();
const token = z.string().max(16_384);

/** What the first version had. */
const base = {
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
};

const slice = z.strictObject({
  start: z.number(),
  end: z.number(),
  /** Where the last window of this pass ends. */
  until: z.number(),
  /** The smallest window has too many: behind which id reading goes on. */
  afterId: z.string().max(1_024).nullable(),
  /** Records read in this window. */
  read: z.int(),
});

const values = z.record(z.string(), z.string().max(4_096));

interface ParentPlace {
  /** State of the parent stream before its page that holds the current parent; null: its beginning. */
  readonly before: HttpState | null;
  /** The record the child is read for; null: none yet. */
  readonly current: { readonly key: string; readonly values: Readonly<Record<string, string>>; readonly whole: boolean } | null;
}

const parentPlace: z.ZodType<ParentPlace> = z.strictObject({
  before: z.lazy(() => httpState).nullable(),
  /** `whole`: it is newer than the last pass, so its children are read from their beginning. */
  current: z.strictObject({ key: z.string().max(1_024), values, whole: z.boolean() }).nullable(),
});

export interface HttpState extends z.output<typeof baseState> {
  readonly v: 2;
  /** Nothing was put aside or ignored in this pass so far. */
  readonly clean: boolean;
  readonly slice: z.output<typeof slice> | null;
  readonly parent: ParentPlace | null;
}

const baseState = z.strictObject(base);
const httpState: z.ZodType<HttpState> = baseState.extend({ v: z.literal(2), clean: z.boolean(), slice: slice.nullable(), parent: parentPlace.nullable() });

/** Kept by an earlier release, perhaps in the middle of a pass. It did not count what was put aside, so nothing can be concluded from that pass. */
const firstVersion = baseState
  .extend({ v: z.literal(1) })
  .transform((state): HttpState => ({ ...state, v: 2, clean: false, slice: null, parent: null }));

/** Rows of a table: where the reader stands in its order. */
const tableState = z.strictObject({
  v: z.literal(2),
  protocol: z.enum(['postgres', 'mysql']),
  done: z.boolean(),
  /** The key columns' values of the last row read in this pass, cursor column first; null: at the beginning. */
  after: z.array(z.string().max(4_096).nullable()).max(9).nullable(),
  /** The cursor column's value this pass began at; null: everything. */
  since: z.string().max(4_096).nullable(),
  newest: z.string().max(4_096).nullable(),
  /** The database's own clock when the pass began, as the cursor column writes it; null: no time. */
  ceiling: z.string().max(64).nullable(),
  columns: z.array(z.string()).max(9),
  pages: z.int(),
  clean: z.boolean(),
});
export type TableState = z.output<typeof tableState>;

/** Files of a directory: up to which one they are read, and where the reader is inside of one. */
const fileState = z.strictObject({
  v: z.literal(2),
  protocol: z.literal('sftp'),
  done: z.boolean(),
  /** The last file read whole: (time of change in seconds, name). */
  last: z.strictObject({ mtime: z.number(), name: z.string().max(1_024) }).nullable(),
  /** Files changed in the very second of `last` by name, with their size: a file that comes later in the same second is not lost. */
  ties: z.array(z.strictObject({ name: z.string().max(1_024), size: z.number() })).max(10_000),
  /** There were more of them than can be remembered. */
  cut: z.boolean(),
  file: z
    .strictObject({ name: z.string().max(1_024), mtime: z.number(), size: z.number(), offset: z.number(), row: z.int() })
    .nullable(),
  pages: z.int(),
  clean: z.boolean(),
});
export type FileState = z.output<typeof fileState>;

/**
 * How far a stream has been read: plain JSON of at most 64 KiB, to be kept as it is and given back to `readStream`, in this process
 * or another. What is inside is nobody else's business.
 */
export type StreamState = HttpState | TableState | FileState;

const anyState = z.union([httpState, firstVersion, tableState, fileState]);

/** A kept state as it comes back. @throws ProviderError `rejected` if it is not one of ours */
export function parseState(value: unknown, streamName: string): StreamState | null {
  if (value === null || value === undefined) return null;
  const result = anyState.safeParse(value);
  if (!result.success) throw new ProviderError('rejected', `the checkpoint of the stream ${streamName} cannot be read; read the stream from its beginning`);
  return result.data;
}

/** Values of the other kind (the definition has changed its cursor) cannot be compared with what comes. */
const comparable = (value: CursorValue | null, incremental: Incremental) => value !== null && (typeof value === 'string') === (incremental.format === 'string' || incremental.format === 'big_integer');

/**
 * Where the pass after this one starts. Not behind the moment this pass began: what changed meanwhile may have been on a page that
 * was already read, and a record dated in the future must not blind the stream. Never before where this pass started.
 */
function nextSince(done: HttpState, incremental: Incremental | undefined): CursorValue | null {
  if (incremental === undefined || !comparable(done.newest, incremental)) return comparableOrNull(done.since, incremental);
  const { newest, ceiling, startedAt } = done;
  const reached = isTime(incremental.format) ? Math.min(newest as number, ceiling ?? startedAt) : newest;
  return laterOf(comparableOrNull(done.since, incremental), reached);
}
const comparableOrNull = (value: CursorValue | null, incremental: Incremental | undefined) =>
  incremental !== undefined && comparable(value, incremental) ? value : null;

/** The state a reader starts with: goes on with an unfinished pass, else begins the next one. */
export function beginState(kept: HttpState | null, stream: Pick<HttpStream, 'incremental' | 'slices' | 'parent'>, pageSize: number | null, now: number): HttpState {
  if (kept !== null && !kept.done) return kept;
  const { incremental, slices, parent } = stream;
  const since = kept === null ? null : slices === undefined ? nextSince(kept, incremental) : typeof kept.since === 'number' ? kept.since : null;
  return {
    v: 2,
    done: false,
    since,
    newest: since,
    startedAt: now,
    ceiling: null,
    position: null,
    pageSize,
    pages: 0,
    loop: null,
    seek: null,
    clean: true,
    slice: slices === undefined ? null : firstWindow(slices, typeof since === 'number' ? since : null, now),
    // A pass of the parents that has ended is where their next one begins, if only changed ones are looked at.
    parent: parent === undefined ? null : { before: parent.incremental ? (kept?.parent?.before ?? null) : null, current: null },
  };
}

/** The page size of the next request. */
export const askedPageSize = (state: HttpState): number | null => state.seek?.size ?? state.pageSize;
