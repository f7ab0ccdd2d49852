export { syncDatabase } from './database.js';
export { syncOrchestrator } from './sync-orchestrator.js';
