import { z } from 'zod';
import { condition } from './condition.js';
import { errorHandler } from './error-handler-schema.js';
import { incremental } from './incremental-schema.js';
import { pagination } from './pagination-schema.js';
import { request } from './request-schema.js';
import { shape } from './shape.js';
import { recordsPath, valuePath } from './value-path.js';

const recordSelector = shape({
  /** Path of the array of records; `''` if the answer itself is it; `*` steps into each element (`data.edges.*.node`). */
  path: recordsPath,
  /** The value at `path` is one record instead of an array. */
  single: z.boolean().default(false),
  /** Some providers leave the field out when there is nothing; otherwise its absence is an error and no data is missed. */
  when_missing: z.enum(['malformed', 'empty']).default('malformed'),
});
export type RecordSelector = z.output<typeof recordSelector>;

/** `streams/<name>.yaml`: an entity that can be read. */
export const streamDefinition = shape({
  title: z.string().min(1).max(100),
  request: request(['inputs', 'settings', 'page', 'cursor']),
  record_selector: recordSelector,
  /** Paths inside a record that together name it. */
  primary_key: z.array(valuePath).min(1).max(8),
  /** Holds for a record that the provider reports as deleted. */
  deleted_when: condition.optional(),
  pagination,
  incremental: incremental.optional(),
  /** Scopes this stream needs beyond the connector's. */
  scopes: z.array(z.string().min(1).max(256)).default([]),
  /** Asked before the connector's rules. */
  error_handler: errorHandler.default([]),
});
export type Stream = z.output<typeof streamDefinition> & { readonly name: string };
