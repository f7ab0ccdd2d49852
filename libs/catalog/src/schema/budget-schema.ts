import { z } from 'zod';
import { headerName } from './header-rules.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

/** So many requests in so many seconds, and so many at once. */
export const budgetFields = {
  requests: z.int().min(1).max(10_000_000),
  per_seconds: z.int().min(1).max(86_400),
  concurrency: z.int().min(1).max(1_000).optional(),
};

/** A budget of its own for some streams (a search endpoint), besides the connector's. Streams that give it the same name share it. */
export const streamBudget = shape({ name: z.string().regex(/^[a-z][a-z0-9_]*$/).max(32), ...budgetFields });
export type StreamBudget = z.output<typeof streamBudget>;

/** Where answers say how many calls are left. */
export const rateHeaders = shape(
  {
    remaining: headerName.optional(),
    limit: headerName.optional(),
    /** When the count begins anew. */
    reset: headerName.optional(),
    reset_format: z.enum(['seconds', 'milliseconds', 'unix_seconds', 'unix_milliseconds']).default('seconds'),
    /** `12/40`: used of all. */
    used_of: headerName.optional(),
    /** Calls that are left to others. */
    reserve: z.int().min(0).max(1_000_000).default(0),
  },
  (value, report) => {
    if ((value.remaining === undefined) === (value.used_of === undefined)) report([], 'needs either "remaining" or "used_of"');
  },
);
export type RateHeaders = z.output<typeof rateHeaders>;

/** A bucket of points whose level the answer tells (Shopify's throttleStatus). */
export const rateBody = shape({
  available: valuePath,
  maximum: valuePath,
  restore_per_second: valuePath,
  /** Points below which the next request waits. */
  reserve: z.int().min(0).max(1_000_000).default(100),
});
export type RateBody = z.output<typeof rateBody>;
