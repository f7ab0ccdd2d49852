import { DataKeys1760000000001, OutboxAndInbox1760000000000, Rotations1761900000002, TenantWall1761900000000 } from '@trunkline/persistence';
import { Credentials1761000000000 } from './credentials-1761000000000.js';
import { ReadsInBatches1764000003000 } from './reads-in-batches-1764000003000.js';
import { RefreshHost1764000002000 } from './refresh-host-1764000002000.js';
import { GrantsOfApp1764000008000 } from './grants-of-app-1764000008000.js';
import { SecondTokens1764000007000 } from './second-tokens-1764000007000.js';
import { SigningKeys1763000000000 } from './signing-keys-1763000000000.js';
import { StayingAlive1764000001000 } from './staying-alive-1764000001000.js';
import { Tenancy1762000003000 } from './tenancy-1762000003000.js';

/** In order; each runs once. */
export const migrations = [OutboxAndInbox1760000000000, DataKeys1760000000001, Credentials1761000000000, TenantWall1761900000000, Tenancy1762000003000, Rotations1761900000002, SigningKeys1763000000000, StayingAlive1764000001000, RefreshHost1764000002000, ReadsInBatches1764000003000, SecondTokens1764000007000, GrantsOfApp1764000008000] as const;
