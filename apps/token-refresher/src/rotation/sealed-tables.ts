import type { SealedTable } from '@trunkline/persistence';
import { sealContextOf } from '../credential/credential-seal.js';
import { keySealContextOf } from '../signing-key/signing-key-seal.js';

/** Everything this service seals. A table that is missing here keeps old data keys alive and, when these are destroyed, loses its values. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'credential',
    id: 'connection_id',
    sealed: 'sealed',
    tenant: 'coalesce(project_id, platform_id)',
    columns: 'connection_id AS "connectionId", project_id AS "projectId", platform_id AS "platformId"',
    contextOf: sealContextOf,
  },
  {
    // Moved here as it was sealed, so it is bound to what the credential was bound to.
    table: 'revocation',
    id: 'id',
    sealed: 'sealed',
    tenant: 'coalesce(project_id, platform_id)',
    columns: 'connection_id AS "connectionId", project_id AS "projectId", platform_id AS "platformId"',
    contextOf: sealContextOf,
  },
  {
    table: 'signing_key',
    id: 'id',
    sealed: 'sealed_private_key',
    tenant: 'coalesce(project_id, platform_id)',
    columns: 'id, platform_id AS "platformId", project_id AS "projectId"',
    contextOf: keySealContextOf,
  },
];
