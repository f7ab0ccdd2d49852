import { z } from 'zod';
import { condition } from './condition.js';
import { errorHandler } from './error-handler-schema.js';
import { fileStream } from './file-stream-schema.js';
import { incremental } from './incremental-schema.js';
import { pagination } from './pagination-schema.js';
import { parent } from './parent-schema.js';
import { recordShape } from './record-shape-schema.js';
import { request } from './request-schema.js';
import { shape } from './shape.js';
import { slices } from './slices-schema.js';
import { common } from './stream-common.js';
import { tableStream } from './table-stream-schema.js';
import { recordsPath, valuePath } from './value-path.js';

const recordSelector = shape({
  /** Path of the array of records; `''` if the answer itself is it; `*` steps into each element (`data.edges.*.node`). */
  path: recordsPath,
  /** The value at `path` is one record instead of an array. */
  single: z.boolean().default(false),
  /** Some providers leave the field out when there is nothing; otherwise its absence is an error and no data is missed. */
  when_missing: z.enum(['malformed', 'empty']).default('malformed'),
  /** Only records for which all of these hold. */
  record_filter: z.array(condition).max(8).default([]),
});
export type RecordSelector = z.output<typeof recordSelector>;

/** Records of an HTTP API. */
const httpStream = shape(
  {
    protocol: z.literal('http').optional(),
    ...common,
    request: request(['inputs', 'settings', 'page', 'cursor', 'slice', 'parent']),
    /** How answers are written. */
    answer: z.enum(['json', 'xml']).default('json'),
    record_selector: recordSelector,
    record_shape: recordShape.optional(),
    /** Paths inside a record that together name it. */
    primary_key: z.array(valuePath).min(1).max(8),
    pagination,
    incremental: incremental.optional(),
    slices: slices.optional(),
    parent: parent.optional(),
    /** Asked before the connector's rules. */
    error_handler: errorHandler.default([]),
  },
  (value, report) => {
    if (value.slices !== undefined && value.incremental !== undefined) report(['slices'], 'stand in place of "incremental": a stream has one of them');
  },
);

/** `streams/<name>.yaml`: an entity that can be read. */
export const streamDefinition = z.discriminatedUnion('protocol', [httpStream, fileStream, tableStream], {
  error: 'protocol must be http, sftp, postgres or mysql',
});

interface Named {
  readonly name: string;
}
export type HttpStream = z.output<typeof httpStream> & Named;
export type FileStream = z.output<typeof fileStream> & Named;
export type TableStream = z.output<typeof tableStream> & Named;
export type Stream = HttpStream | FileStream | TableStream;

/** True for a stream that is read by HTTP, the usual case. */
export const isHttpStream = (stream: Stream): stream is HttpStream => stream.protocol === undefined || stream.protocol === 'http';

/** True for a stream that is a table of a database. */
export const isTableStream = (stream: Stream): stream is TableStream => stream.protocol === 'postgres' || stream.protocol === 'mysql';

/** True if a later pass of the stream reads only what is new or changed. */
export function isIncremental(stream: Stream): boolean {
  if (stream.protocol === 'sftp') return true;
  if (!isHttpStream(stream)) return stream.cursorColumn !== undefined;
  return stream.incremental !== undefined || stream.slices !== undefined || stream.parent?.incremental === true;
}
