/**
 * The JetStream streams. Durations in milliseconds, sizes in bytes. All use `discard: new`: a full stream refuses the publisher
 * (who keeps its rows and tries again) and never drops what nobody has read yet.
 */
export interface StreamDefinition {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly retention: 'limits' | 'workqueue' | 'interest';
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly duplicateWindowMs: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const gib = 1024 ** 3;

export const EVENTS: StreamDefinition = {
  name: 'EVENTS',
  subjects: ['evt.>'],
  retention: 'limits',
  maxBytes: 1 * gib,
  maxAgeMs: 7 * day,
  duplicateWindowMs: hour,
};
export const JOBS: StreamDefinition = {
  name: 'JOBS',
  subjects: ['job.>'],
  retention: 'workqueue',
  maxBytes: 256 * 1024 ** 2,
  maxAgeMs: 7 * day,
  duplicateWindowMs: 2 * minute,
};
/** The analytics pipeline's input. Consumers must acknowledge: a record leaves by age, not by being read. */
export const RECORDS: StreamDefinition = {
  name: 'RECORDS',
  subjects: ['rec.>'],
  retention: 'limits',
  maxBytes: 10 * gib,
  maxAgeMs: 7 * day,
  duplicateWindowMs: 10 * minute,
};
export const DEAD: StreamDefinition = {
  name: 'DEAD',
  subjects: ['dead.>'],
  retention: 'limits',
  maxBytes: 1 * gib,
  maxAgeMs: 30 * day,
  duplicateWindowMs: hour,
};

export const streamDefinitions = [EVENTS, JOBS, RECORDS, DEAD] as const;
