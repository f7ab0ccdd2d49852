import type { SealedTable } from '@trunkline/persistence';
import { sealedVerifierContext } from '../authorization/code-verifier.js';
import { installation, sealedKeyContext, sealedSecretContext } from '../oauth-app/client-secret.js';

/** Everything this service seals. A table that is missing here keeps old data keys alive and, when these are destroyed, loses its values. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'oauth_app',
    id: 'id',
    sealed: 'sealed_client_secret',
    tenant: `coalesce(platform_id, '${installation}')`,
    columns: 'id, platform_id AS "platformId"',
    contextOf: sealedSecretContext,
  },
  {
    table: 'oauth_app',
    id: 'id',
    sealed: 'sealed_private_key',
    tenant: `coalesce(platform_id, '${installation}')`,
    columns: 'id, platform_id AS "platformId"',
    contextOf: sealedKeyContext,
  },
  {
    table: '"authorization"',
    id: 'id',
    sealed: 'sealed_code_verifier',
    tenant: 'platform_id',
    columns: 'id, platform_id AS "platformId"',
    contextOf: sealedVerifierContext,
  },
];
