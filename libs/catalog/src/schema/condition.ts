import { z } from 'zod';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

/** A question to a JSON answer: is the value at `path` equal to `equals`, or (`exists`) is there one at all (null counts as none). */
export const condition = shape(
  {
    path: valuePath,
    equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    exists: z.boolean().optional(),
  },
  (value, report) => {
    if ((value.equals === undefined) === (value.exists === undefined)) report([], 'needs either "equals" or "exists"');
  },
);
export type Condition = z.output<typeof condition>;
