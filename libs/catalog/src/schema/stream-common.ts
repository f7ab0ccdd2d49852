import { z } from 'zod';
import { jsonTemplate } from '../template/template-schema.js';
import { streamBudget } from './budget-schema.js';
import { condition } from './condition.js';
import { shape } from './shape.js';

/** A provider that tells no deletions: what a complete full pass does not bring is gone. */
const deletion = shape({
  mode: z.literal('key_set'),
  /** A pass that brings a smaller share of the records known erases nothing: an empty answer is more often trouble than the truth. */
  min_keep_ratio: z.number().min(0).max(1).default(0.5),
});
export type Deletion = z.output<typeof deletion>;

/** What streams of every protocol may say. */
export const common = {
  title: z.string().min(1).max(100),
  /** Members put into every record. */
  add_fields: z
    .record(z.string().min(1).max(128), jsonTemplate(['inputs', 'settings', 'slice', 'parent']))
    .refine((fields) => Object.keys(fields).length <= 32, { error: 'has more than 32 members' })
    .default({}),
  /** Holds for a record that the provider reports as deleted. */
  deleted_when: condition.optional(),
  deletion: deletion.optional(),
  /** Scopes this stream needs beyond the connector's. */
  scopes: z.array(z.string().min(1).max(256)).max(64).default([]),
  api_budget: streamBudget.optional(),
};
