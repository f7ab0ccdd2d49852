import { z } from 'zod';
import { pattern } from './pattern.js';
import { request } from './request-schema.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

/** A call made once with the new access token, for what neither token answer nor callback says (Mailchimp's data centre, the first ad account). */
export const lookup = shape(
  {
    request: request(['inputs', 'settings']),
    /** Where in the answer; `match` takes its one group out of a longer value (`properties/123`). */
    values: z.record(z.string(), shape({ path: valuePath, match: pattern.optional() })),
  },
  (value, report) => {
    if (value.request.url === undefined) report(['request'], 'needs "url": the inputs of the base URL may be what is looked up');
  },
);
