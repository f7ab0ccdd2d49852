import { z } from 'zod';
import { streamName } from '@trunkline/contracts';
import { cursorFormat, isTime } from './incremental-schema.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

const variable = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be letters, digits and "_", beginning with a letter').max(64);

/** The stream whose every record the request is made for. */
export const parent = shape(
  {
    stream: streamName,
    /** What names the parent, in its record. */
    key_path: valuePath,
    /** `{{parent.<as>}}` is that value. */
    as: variable,
    /** Further values by name. */
    fields: z.record(variable, valuePath).refine((fields) => Object.keys(fields).length <= 16, { error: 'has more than 16 names' }).default({}),
    /** Only parents that changed since the last pass. */
    incremental: z.boolean().default(false),
    /** When the parent came to be: an incremental child of one that is newer than the last pass is read from its beginning. */
    created: shape({ path: valuePath, format: cursorFormat }, (value, report) => {
      if (!isTime(value.format)) report(['format'], 'must be a time');
    }).optional(),
  },
  (value, report) => {
    if (Object.hasOwn(value.fields, value.as)) report(['fields', value.as], 'is already the name of the key ("as")');
  },
);
export type Parent = z.output<typeof parent>;
