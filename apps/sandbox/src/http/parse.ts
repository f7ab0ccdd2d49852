import type { z } from 'zod';
import { badRequest } from './api-error.js';

/** Checks an input against its schema; a miss is a 400 that names every problem. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw badRequest(result.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': ')).join('; '));
}
