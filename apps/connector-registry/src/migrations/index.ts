import { CursorKey1761900000001, DataKeys1760000000001, OutboxAndInbox1760000000000, Rotations1761900000002, TenantWall1761900000000 } from '@trunkline/persistence';
import { Audit1762000000000 } from './audit-1762000000000.js';
import { Connections1762000002000 } from './connections-1762000002000.js';
import { ConnectorDefinitions1764100003000 } from './connector-definitions-1764100003000.js';
import { ConnectLinks1764000005000 } from './connect-links-1764000005000.js';
import { Health1762000006000 } from './health-1762000006000.js';
import { Registry1760000001000 } from './registry-1760000001000.js';
import { Tenancy1762000001000 } from './tenancy-1762000001000.js';
import { Webhooks1764000004000 } from './webhooks-1764000004000.js';

/** In order. */
export const migrations = [OutboxAndInbox1760000000000, DataKeys1760000000001, Registry1760000001000, TenantWall1761900000000, CursorKey1761900000001, Rotations1761900000002, Audit1762000000000, Tenancy1762000001000, Connections1762000002000, Health1762000006000, ConnectLinks1764000005000, Webhooks1764000004000, ConnectorDefinitions1764100003000] as const;
