import { webhooks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant } from './webhook-row.js';

type Contract = typeof webhooks.delete;

/** Its secrets and what waits for it go with it. A second time it is not found. */
export async function deleteWebhook({ database }: WebhookParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'admin');
  return inTenant(database, who, async (tx) => {
    const row = await findWebhook(tx, who, id, { lock: true });
    await tx.query('DELETE FROM registry.webhook WHERE id = $1', [id]);
    await recordAudit(tx, { who, tenant: { platformId: row.platform_id, projectId: row.project_id }, action: 'webhook.deleted', target: { type: 'webhook', id } });
    return { deleted: id };
  });
}
