import type { DatabaseOptions } from '@trunkline/persistence';
import { FlowRow } from './schedule/flow.entity.js';
import { RunRow } from './run/run.entity.js';
import { SyncRow } from './run/sync.entity.js';
import { TaskRow } from './task/task.entity.js';
import { migrations } from './migrations/index.js';

/** The schema this service owns, and how it is made. */
export const syncDatabase: DatabaseOptions = { schema: 'sync', entities: [FlowRow, RunRow, SyncRow, TaskRow], migrations };
