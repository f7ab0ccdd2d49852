import { z } from 'zod';
import { condition } from './condition.js';
import { headerName } from './header-rules.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

/**
 * What an answer means: `success`: go on; `retry`: the provider has trouble, try again; `rate_limited`: too many calls, wait;
 * `refresh_token`: the credential is not accepted; `forbidden`: it is, but does not allow this; `ignore`: take it as an empty last
 * page; `fail`: asking again will not help.
 */
export const responseAction = z.enum(['success', 'retry', 'rate_limited', 'refresh_token', 'forbidden', 'ignore', 'fail']);
export type ResponseAction = z.output<typeof responseAction>;

const status = z.int().min(100).max(599);

const wait = shape(
  {
    header: headerName.optional(),
    path: valuePath.optional(),
    format: z.enum(['seconds', 'milliseconds', 'unix_seconds', 'unix_milliseconds']),
  },
  (value, report) => {
    if ((value.header === undefined) === (value.path === undefined)) report([], 'needs either "header" or "path"');
  },
);
export type WaitHint = z.output<typeof wait>;

const rule = shape(
  {
    status: z.array(status).min(1).optional(),
    body: condition.optional(),
    action: responseAction,
    /** Where the provider says how long to wait, if not in Retry-After. */
    wait: wait.optional(),
  },
  (value, report) => {
    if (value.status === undefined && value.body === undefined) report([], 'needs "status", "body" or both to apply to');
  },
);
export type ErrorRule = z.output<typeof rule>;

/** Rules in order, the first that applies counts; an answer none applies to is judged by its status alone. */
export const errorHandler = z.array(rule).max(32);
