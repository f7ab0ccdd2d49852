import { Module, type DynamicModule } from '@nestjs/common';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule } from '@trunkline/persistence';
import { syncDatabase } from './database.js';
import { CheckpointStore } from './checkpoint/checkpoint-store.js';
import { PostgresCheckpointStore } from './checkpoint/checkpoint-store.postgres.js';
import type { SyncConfig } from './config.js';
import { Connectors, egressProvider } from './connector/connectors.js';
import { FlowHandler } from './flow/flow.handler.js';
import { FlowParts } from './flow/flow-parts.js';
import { RecordPublisher } from './record/record-publisher.js';
import { ForgetOldRuns } from './run/forget-old-runs.js';
import { GetSync } from './run/get-sync.js';
import { RunSync } from './run/run-sync.js';
import { SyncHandler } from './run/sync.handler.js';
import { ConnectionConsumer } from './schedule/connection.consumer.js';
import { Scheduler } from './schedule/scheduler.js';
import { ClaimTask } from './task/claim-task.js';
import { ReadTask } from './task/read-task.js';
import { ReapLostTasks } from './task/reap-lost-tasks.js';
import { SettleTask } from './task/settle-task.js';
import { taskConsumer } from './task/task.consumer.js';
import { WorkOnTask } from './task/work-on-task.js';

@Module({})
export class SyncOrchestratorModule {
  static forRoot(config: SyncConfig): DynamicModule {
    return {
      module: SyncOrchestratorModule,
      imports: [MessagingModule.forRoot(), DatabaseModule.forRoot(syncDatabase)],
      controllers: [SyncHandler, FlowHandler, ConnectionConsumer, taskConsumer(config.workers)],
      providers: [
        egressProvider,
        Connectors,
        FlowParts,
        Scheduler,
        RunSync,
        GetSync,
        ForgetOldRuns,
        ClaimTask,
        ReadTask,
        SettleTask,
        WorkOnTask,
        ReapLostTasks,
        RecordPublisher,
        { provide: CheckpointStore, useClass: PostgresCheckpointStore },
      ],
    };
  }
}
