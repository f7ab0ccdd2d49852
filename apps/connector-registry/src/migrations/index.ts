import { OutboxAndInbox1760000000000 } from '@trunkline/persistence';
import { Registry1760000001000 } from './registry-1760000001000.js';

/** In order. */
export const migrations = [OutboxAndInbox1760000000000, Registry1760000001000] as const;
