import { z } from 'zod';
import { shape } from './shape.js';
import { common } from './stream-common.js';
import { valuePath } from './value-path.js';

/** A name of the database. It is quoted wherever it is used, so any text will do; NUL no database knows. */
const identifier = z.string().min(1).max(128).regex(/^[^\u0000]+$/, 'must not hold NUL');

/** Rows of a table. */
export const tableStream = shape({
  protocol: z.enum(['postgres', 'mysql']),
  ...common,
  table: identifier,
  /** Left out: the connection's. */
  schema: identifier.optional(),
  /** Grows with every change of a row. Left out: every pass reads everything. */
  cursor_column: identifier.optional(),
  /** Left out: the table's own. */
  primary_key: z.array(valuePath.refine((path) => path.length === 1, { error: 'must be a column' })).min(1).max(8).optional(),
  page_size: z.int().min(1).max(10_000).default(1_000),
  lookback_seconds: z.int().min(0).max(31_536_000).default(0),
});
