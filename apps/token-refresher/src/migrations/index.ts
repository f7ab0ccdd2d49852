import { DataKeys1760000000001, OutboxAndInbox1760000000000, Rotations1761900000002, TenantWall1761900000000 } from '@trunkline/persistence';
import { Credentials1761000000000 } from './credentials-1761000000000.js';
import { SigningKeys1763000000000 } from './signing-keys-1763000000000.js';
import { Tenancy1762000003000 } from './tenancy-1762000003000.js';

/** In order; each runs once. */
export const migrations = [OutboxAndInbox1760000000000, DataKeys1760000000001, Credentials1761000000000, TenantWall1761900000000, Tenancy1762000003000, Rotations1761900000002, SigningKeys1763000000000] as const;
