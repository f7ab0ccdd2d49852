import { CursorKey1761900000001, DataKeys1760000000001, OutboxAndInbox1760000000000, Rotations1761900000002, TenantWall1761900000000 } from '@trunkline/persistence';
import { ConnectLinkWalks1764000005000 } from './connect-link-walks-1764000005000.js';
import { Oauth1760000002000 } from './oauth-1760000002000.js';
import { Proofs1764000006000 } from './proofs-1764000006000.js';
import { Tenancy1762000004000 } from './tenancy-1762000004000.js';

/** In order. */
export const migrations = [OutboxAndInbox1760000000000, DataKeys1760000000001, Oauth1760000002000, Rotations1761900000002, TenantWall1761900000000, CursorKey1761900000001, Tenancy1762000004000, ConnectLinkWalks1764000005000, Proofs1764000006000] as const;
