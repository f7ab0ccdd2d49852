import { Module, type DynamicModule } from '@nestjs/common';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule } from '@trunkline/persistence';
import { syncDatabase } from './database.js';
import { AccountBudgets } from './budget/account-budgets.js';
import { BudgetRows } from './budget/budget-rows.js';
import { CheckpointStore } from './checkpoint/checkpoint-store.js';
import { PostgresCheckpointStore } from './checkpoint/checkpoint-store.postgres.js';
import { ForgetKeySets } from './checkpoint/forget-key-sets.js';
import { SweepStore } from './checkpoint/sweep-store.js';
import type { SyncConfig } from './config.js';
import { catalogProvider, Connectors, egressProvider } from './connector/connectors.js';
import { Sinks } from './destination/sinks.js';
import { DryRunHandler } from './dry-run/dry-run.handler.js';
import { ReadFirstPage } from './dry-run/read-first-page.js';
import { FlowHandler } from './flow/flow.handler.js';
import { FlowParts } from './flow/flow-parts.js';
import { RecordPublisher } from './record/record-publisher.js';
import { ForgetOldRuns } from './run/forget-old-runs.js';
import { GetSync } from './run/get-sync.js';
import { RunSync } from './run/run-sync.js';
import { RunHandler } from './run/run.handler.js';
import { SyncHandler } from './run/sync.handler.js';
import { ConnectionConsumer } from './schedule/connection.consumer.js';
import { PickTask } from './schedule/pick-task.js';
import { Scheduler } from './schedule/scheduler.js';
import { DiscoverTables } from './source/discover-tables.js';
import { ClaimTask } from './task/claim-task.js';
import { ReadTask } from './task/read-task.js';
import { ReapLostTasks } from './task/reap-lost-tasks.js';
import { SettleTask } from './task/settle-task.js';
import { SweepKeys } from './task/sweep-keys.js';
import { taskConsumer } from './task/task.consumer.js';
import { WorkOnTask } from './task/work-on-task.js';

@Module({})
export class SyncOrchestratorModule {
  static forRoot(config: SyncConfig): DynamicModule {
    return {
      module: SyncOrchestratorModule,
      imports: [MessagingModule.forRoot(), DatabaseModule.forRoot(syncDatabase)],
      controllers: [DryRunHandler, SyncHandler, FlowHandler, RunHandler, ConnectionConsumer, taskConsumer(config.workers)],
      providers: [
        catalogProvider,
        egressProvider,
        Connectors,
        ReadFirstPage,
        FlowParts,
        Scheduler,
        RunSync,
        GetSync,
        ForgetOldRuns,
        ClaimTask,
        PickTask,
        ReadTask,
        SettleTask,
        WorkOnTask,
        ReapLostTasks,
        SweepKeys,
        SweepStore,
        ForgetKeySets,
        DiscoverTables,
        BudgetRows,
        AccountBudgets,
        RecordPublisher,
        Sinks,
        { provide: CheckpointStore, useClass: PostgresCheckpointStore },
      ],
    };
  }
}
