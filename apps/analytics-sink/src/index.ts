export { analyticsDatabase } from './database.js';
export { analyticsSink } from './analytics-sink.js';
export { rebuildTable } from './rebuild/rebuild-table.js';
export type { Rebuilt, RebuildOptions } from './rebuild/rebuild-table.js';
