import { natsTransports } from '@trunkline/messaging';
import { nestService } from '@trunkline/service';
import { syncSettings } from './config.js';
import { SyncOrchestratorModule } from './sync-orchestrator.module.js';

/** Flows, schedules, runs, tasks, checkpoints: decides what to read, reads it page by page, publishes it, remembers how far. */
export const syncOrchestrator = nestService({
  name: 'sync-orchestrator',
  settings: syncSettings,
  module: (context) => SyncOrchestratorModule.forRoot(context.config),
  transports: natsTransports,
  defaultPort: 3004,
});
