import { z } from 'zod';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

/**
 * How a cursor value is written. `iso8601`: with milliseconds, UTC; `iso8601_seconds`: without a fraction; `date`: 2026-01-31;
 * `compact_date`: 20260131; `sql_datetime`: 2026-01-31 13:00:00 (UTC); `integer`: a growing number that is no time;
 * `big_integer`: the same of any size, as a text; `string`: a text that grows in code unit order (a sortable id).
 */
export const cursorFormat = z.enum([
  'iso8601',
  'iso8601_seconds',
  'date',
  'compact_date',
  'sql_datetime',
  'unix_seconds',
  'unix_milliseconds',
  'integer',
  'big_integer',
  'string',
]);
export type CursorFormat = z.output<typeof cursorFormat>;

/** True if values of the format are moments. */
export const isTime = (format: CursorFormat): boolean => format !== 'integer' && format !== 'big_integer' && format !== 'string';

/** A moment as definitions write it, in UTC. */
export const isMoment = (text: unknown): boolean => typeof text === 'string' && /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/.test(text) && !Number.isNaN(Date.parse(text));

function problemOfStart(format: CursorFormat, start: string | number): string | null {
  if (format === 'integer') return Number.isSafeInteger(start) ? null : 'must be a whole number';
  if (format === 'big_integer') return /^\d{1,40}$/.test(String(start)) ? null : 'must be a whole number';
  if (format === 'string') return typeof start === 'string' && start !== '' ? null : 'must be a text';
  return isMoment(start) ? null : 'must be a moment such as 2015-01-01T00:00:00Z';
}

/** How a stream is read again without reading everything. */
export const incremental = shape(
  {
    /** Where a record says when it last changed. */
    cursor_field: valuePath,
    /**
     * `filter`: the provider filters by `{{cursor.since}}`; `client_side`: it cannot, older records are dropped after reading;
     * `descending`: newest first, reading stops at a page that reaches records already known.
     */
    mode: z.enum(['filter', 'client_side', 'descending']).default('filter'),
    /**
     * `ascending`: the provider sorts by the cursor field, oldest first, and counts pages, openly or behind its links. Then reading
     * goes on by value, not by number: a row that changes while it is read moves to the end, the rest moves up, and the next number
     * would skip one. Not needed where a page's cursor is a place in the order.
     */
    order: z.enum(['ascending', 'unknown']).default('unknown'),
    /** How `{{cursor.since}}` and `{{cursor.until}}` are written. */
    format: cursorFormat,
    /** How the record's field is written, if differently. */
    field_format: cursorFormat.optional(),
    /** `{{cursor.since}}` of the very first pass, a time always as ISO 8601 in UTC; without it the parameter is left out then. */
    start: z.union([z.string().max(64), z.number()]).optional(),
    /** Seconds every pass goes back behind the newest value seen: for records that become visible late. */
    lookback_seconds: z.int().min(0).max(31_536_000).default(0),
    /** Whether the provider's filter includes equal values. If not, one unit earlier is asked for, so that ties are never lost. */
    inclusive: z.boolean().default(true),
  },
  (value, report) => {
    const time = isTime(value.format);
    if (value.field_format !== undefined && (isTime(value.field_format) !== time || (!time && value.field_format !== value.format))) {
      report(['field_format'], `cannot be compared with the format ${value.format}`);
    }
    if (value.order === 'ascending' && value.mode !== 'filter') report(['order'], 'is only of use with mode filter');
    if (!time && value.lookback_seconds !== 0) report(['lookback_seconds'], `needs a format that is a time, not ${value.format}`);
    const startProblem = value.start === undefined ? null : problemOfStart(value.format, value.start);
    if (startProblem !== null) report(['start'], startProblem);
    if (value.format === 'string' && !value.inclusive) report(['inclusive'], 'a string cursor has no unit to go back by: the filter must include equal values');
  },
);
export type Incremental = z.output<typeof incremental>;
