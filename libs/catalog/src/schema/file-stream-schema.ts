import { z } from 'zod';
import { template } from '../template/template-schema.js';
import { shape } from './shape.js';
import { common } from './stream-common.js';
import { valuePath } from './value-path.js';

const text = template(['inputs', 'settings']);

/** Rows of files on an SFTP server. */
export const fileStream = shape({
  protocol: z.literal('sftp'),
  ...common,
  /** Left out, or without a value: where the server puts the user. */
  directory: text.optional(),
  /** A file's name, with `*` and `?`. */
  file_pattern: text.prefault('*'),
  format: text.prefault('csv'),
  csv: shape({
    header: z.boolean().default(true),
    delimiter: text.prefault(','),
    quote: text.prefault('"'),
    encoding: text.prefault('utf-8'),
  }).prefault({}),
  /** Left out: the file and the row's number. */
  primary_key: z.array(valuePath).min(1).max(8).default([['_file'], ['_row']]),
  page_size: z.int().min(1).max(10_000).default(1_000),
  /** A file younger than this may still be written: it waits for the next pass. */
  settle_seconds: z.int().min(0).max(86_400).default(0),
});
