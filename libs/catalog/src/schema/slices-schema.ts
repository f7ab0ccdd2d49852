import { z } from 'zod';
import { cursorFormat, isMoment, isTime } from './incremental-schema.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

const day = 86_400;
/** Seconds of the smallest step of a format that is a time; milliseconds count as one second here: no window needs to be narrower to begin with. */
const unitSeconds = { iso8601: 1, iso8601_seconds: 1, date: day, compact_date: day, sql_datetime: 1, unix_seconds: 1, unix_milliseconds: 1 } as const;

/** Windows of time, read one after the other. */
export const slices = shape(
  {
    type: z.literal('datetime'),
    step_seconds: z.int().min(1).max(10 * 366 * day),
    /** How `{{slice.start}}` and `{{slice.end}}` are written. */
    format: cursorFormat,
    start: z.string().max(64).optional(),
    start_days_ago: z.int().min(1).max(36_600).optional(),
    /** `inclusive`: the provider counts the end in, so it is written one unit earlier. */
    end: z.enum(['exclusive', 'inclusive']).default('exclusive'),
    /** Every pass goes back so far, for numbers that change afterwards. */
    lookback_seconds: z.int().min(0).max(10 * 366 * day).default(0),
    /** For searches that give no more than so many hits: a window with more is halved. */
    cap: shape(
      {
        max: z.int().min(1).max(10_000_000),
        /** Where the answer counts the hits. Without it as many records as `max` are taken for too many. */
        total: valuePath.optional(),
        /** An ascending id to go on by in the smallest window, behind `{{slice.after_id}}`. */
        id_field: valuePath.optional(),
        id_start: z.string().min(1).max(64).default('0'),
      },
    ).optional(),
  },
  (value, report) => {
    if (!isTime(value.format)) return report(['format'], 'must be a time');
    if ((value.start === undefined) === (value.start_days_ago === undefined)) report([], 'needs either "start" or "start_days_ago"');
    if (value.start !== undefined && !isMoment(value.start)) report(['start'], 'must be a moment such as 2015-01-01T00:00:00Z');
    const unit = unitSeconds[value.format as keyof typeof unitSeconds];
    if (value.step_seconds % unit !== 0) report(['step_seconds'], `must be a whole number of ${unit} seconds with the format ${value.format}`);
  },
);
export type Slices = z.output<typeof slices>;

