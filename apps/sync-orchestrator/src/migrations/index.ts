import { CursorKey1761900000001, OutboxAndInbox1760000000000, TenantWall1761900000000 } from '@trunkline/persistence';
import { ApiBudgets1764100001001 } from './api-budgets-1764100001001.js';
import { ChosenFlows1762000005000 } from './chosen-flows-1762000005000.js';
import { FlowsAndRuns1764100000000 } from './flows-and-runs-1764100000000.js';
import { KeySets1764100001000 } from './key-sets-1764100001000.js';
import { PlanningTasks1764100001002 } from './planning-tasks-1764100001002.js';
import { SyncTables1760000500000 } from './sync-tables.js';

/** In order; each runs once. */
export const migrations = [
  OutboxAndInbox1760000000000,
  SyncTables1760000500000,
  TenantWall1761900000000,
  CursorKey1761900000001,
  ChosenFlows1762000005000,
  FlowsAndRuns1764100000000,
  KeySets1764100001000,
  ApiBudgets1764100001001,
  PlanningTasks1764100001002,
] as const;
