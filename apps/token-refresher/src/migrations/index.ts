import { DataKeys1760000000001, OutboxAndInbox1760000000000 } from '@trunkline/persistence';
import { Credentials1761000000000 } from './credentials-1761000000000.js';

/** In order; each runs once. */
export const migrations = [OutboxAndInbox1760000000000, DataKeys1760000000001, Credentials1761000000000] as const;
