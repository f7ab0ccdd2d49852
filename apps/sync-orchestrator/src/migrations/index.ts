import { CursorKey1761900000001, OutboxAndInbox1760000000000, TenantWall1761900000000 } from '@trunkline/persistence';
import { ChosenFlows1762000005000 } from './chosen-flows-1762000005000.js';
import { SyncTables1760000500000 } from './sync-tables.js';

/** In order; each runs once. */
export const migrations = [OutboxAndInbox1760000000000, SyncTables1760000500000, TenantWall1761900000000, CursorKey1761900000001, ChosenFlows1762000005000] as const;
