import type { SourceRecord } from '@trunkline/contracts';

export const upsert = (key: string, version: number, data: Record<string, unknown> = { id: key }): SourceRecord => ({ op: 'upsert', key, version, data });
export const gone = (key: string, version: number): SourceRecord => ({ op: 'delete', key, version, data: null });
export const batchOf = (records: readonly SourceRecord[], sequence = 1, generation = 1) => ({ generation, sequence, records });
