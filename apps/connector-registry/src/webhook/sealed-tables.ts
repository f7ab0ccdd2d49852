import type { SealedTable } from '@trunkline/persistence';
import { sealedWebhookSecretContext } from './webhook-secret.js';

/** Everything this service seals. A table that is missing here keeps old data keys alive and, when these are destroyed, loses its values. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'webhook_secret',
    id: 'id',
    sealed: 'sealed_secret',
    tenant: 'coalesce(project_id, platform_id)',
    columns: 'id, webhook_id AS "webhookId", platform_id AS "platformId", project_id AS "projectId"',
    contextOf: sealedWebhookSecretContext,
  },
];
