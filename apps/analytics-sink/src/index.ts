export { analyticsDatabase } from './database.js';
export { analyticsSink } from './analytics-sink.js';
