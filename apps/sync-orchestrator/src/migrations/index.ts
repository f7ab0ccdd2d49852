import { OutboxAndInbox1760000000000 } from '@trunkline/persistence';
import { SyncTables1760000500000 } from './sync-tables.js';

/** In order; each runs once. */
export const migrations = [OutboxAndInbox1760000000000, SyncTables1760000500000] as const;
