import { DataKeys1760000000001, OutboxAndInbox1760000000000 } from '@trunkline/persistence';
import { Oauth1760000002000 } from './oauth-1760000002000.js';

/** In order. */
export const migrations = [OutboxAndInbox1760000000000, DataKeys1760000000001, Oauth1760000002000] as const;
