import { OutboxAndInbox1760000000000 } from '@trunkline/persistence';
import { Records1760000400000 } from './records.js';
import { StreamViews1763500000000 } from './stream-views.js';

/** In order. Outbox and inbox stand in every service's schema; the sink itself tells nothing and needs no inbox (see apply-batch.ts). */
export const migrations = [OutboxAndInbox1760000000000, Records1760000400000, StreamViews1763500000000] as const;
