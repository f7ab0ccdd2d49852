import { startService } from '@trunkline/service';
import { syncOrchestrator } from './sync-orchestrator.js';

await startService(syncOrchestrator);
