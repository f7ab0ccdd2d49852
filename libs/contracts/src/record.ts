import { z } from 'zod';
import type { RecordsContract } from './kit/define.js';
import { connectionId, connectorId, projectId, runId, streamName } from './kit/ids.js';

/**
 * One row read from a provider. `key` names it within (connection, stream); of two records with one key the higher `version` wins,
 * so a batch may arrive twice or late and the result is the same.
 */
export interface SourceRecord {
  op: 'upsert' | 'delete';
  key: string;
  version: number;
  /** The row as the provider sent it; null for a delete. */
  data: Record<string, unknown> | null;
}

/**
 * The message on `rec.<project>.<connector>.<stream>`: records of one page, at most 512 KiB.
 * `version` of a record = generation × 2^26 + its place in that generation: the generation grows with every claim of the stream by
 * a worker (on the database's word), so what a stalled worker publishes late is always older than what its successor published.
 */
export const recordBatch = z.object({
  projectId,
  connectionId,
  connector: connectorId,
  runId,
  stream: streamName,
  /** Which claim of the stream by a worker this is. */
  generation: z.int().positive(),
  /** Number of the batch within the generation, from 1. */
  sequence: z.int().positive(),
  records: z.array(z.custom<SourceRecord>((value) => typeof value === 'object' && value !== null && 'key' in value && 'version' in value && 'op' in value)),
});
export type RecordBatch = z.output<typeof recordBatch>;

/** Largest body of one record batch, in bytes. */
export const maxBatchBytes = 512 * 1024;
/** Records one generation may number. */
export const recordsPerGeneration = 2 ** 26;

/** The version of the `place`-th record (from 0) of a generation. */
export const recordVersion = (generation: number, place: number): number => generation * recordsPerGeneration + place;

/** Where a project's records of one stream are published. */
export const recordSubject = (batch: { projectId: string; connector: string; stream: string }): string =>
  `rec.${batch.projectId}.${batch.connector}.${batch.stream}`;

export const recordBatchType = 'trunkline.record.batch.v1';

/** Every project's records. */
export const recordBatches: RecordsContract<typeof recordBatch> = { kind: 'records', subject: 'rec.>', data: recordBatch };
