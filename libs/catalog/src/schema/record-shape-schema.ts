import { z } from 'zod';
import { shape } from './shape.js';
import { recordsPath, valuePath } from './value-path.js';

/** Names from the answer and values from the row, zipped (GA4's dimensionHeaders and rows; HogQL's columns). */
const columns = shape({
  type: z.literal('columns'),
  columns: z.array(shape({ names: recordsPath, values: recordsPath })).min(1).max(8),
});

/** Nested objects become members of the record. */
const flatten = shape({
  type: z.literal('flatten'),
  /** Only these objects, whose members keep their names. Left out: all objects, with names joined by `separator`. */
  lift: z.array(valuePath).min(1).max(16).optional(),
  separator: z.string().min(1).max(4).default('_'),
});

export const recordShape = z.discriminatedUnion('type', [columns, flatten], { error: 'type must be columns or flatten' });
export type RecordShape = z.output<typeof recordShape>;
