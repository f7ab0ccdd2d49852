import { databaseSettings, setting, whole, type CommonConfig, type ConfigOf, type Settings } from '@trunkline/service';

export const sinkSettings = {
  ...databaseSettings,
  sinkConcurrency: setting('TRUNKLINE_SINK_CONCURRENCY', whole(1, 64).default(4), 'Record batches applied at once per replica. More than DATABASE_POOL_SIZE brings nothing.'),
} satisfies Settings;
export type SinkConfig = CommonConfig & ConfigOf<typeof sinkSettings>;
