import { Module, type DynamicModule } from '@nestjs/common';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule } from '@trunkline/persistence';
import { analyticsDatabase } from './database.js';
import type { SinkConfig } from './config.js';
import { ApplyBatch } from './record/apply-batch.js';
import { recordConsumer } from './record/record.consumer.js';
import { WatchBacklog } from './record/watch-backlog.js';
import { TrimRecords } from './stream/trim-records.js';
import { StreamViews } from './view/stream-views.js';
import { TidyViews } from './view/tidy-views.js';

@Module({})
export class AnalyticsSinkModule {
  static forRoot(config: SinkConfig): DynamicModule {
    return {
      module: AnalyticsSinkModule,
      imports: [MessagingModule.forRoot(), DatabaseModule.forRoot(analyticsDatabase)],
      controllers: [recordConsumer(config.sinkConcurrency)],
      providers: [ApplyBatch, StreamViews, TidyViews, WatchBacklog, TrimRecords],
    };
  }
}
