import { databaseSettings, setting, whole, type CommonConfig, type ConfigOf, type Settings } from '@trunkline/service';

export const sinkSettings = {
  ...databaseSettings,
  sinkConcurrency: setting('TRUNKLINE_SINK_CONCURRENCY', whole(1, 64).default(4), 'Record batches applied at once per replica. More than DATABASE_POOL_SIZE brings nothing.'),
  sinkViewColumns: setting('TRUNKLINE_SINK_VIEW_COLUMNS', whole(1, 1_500).default(300), 'Columns that the view of a stream has at most, one per field; further fields are read from data.'),
  sinkTidySeconds: setting('TRUNKLINE_SINK_TIDY_SECONDS', whole(1, 86_400).default(60), 'Seconds between two rounds that drop the views of streams without rows and mend views that could not be changed.'),
  recordsTrimPercent: setting('TRUNKLINE_RECORDS_TRIM_PERCENT', whole(1, 100).default(80), 'How full the record stream may be, in percent, before batches that every durable consumer has acknowledged are removed ahead of their age. 100: never.'),
  recordsTrimSeconds: setting('TRUNKLINE_RECORDS_TRIM_SECONDS', whole(1, 3_600).default(15), 'Seconds between two looks at how full the record stream is.'),
} satisfies Settings;
export type SinkConfig = CommonConfig & ConfigOf<typeof sinkSettings>;
