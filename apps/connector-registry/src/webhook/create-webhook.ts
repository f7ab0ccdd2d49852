import { newId, webhooks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import { requireAllowedUrl } from './allowed-url.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant, toWebhook } from './webhook-row.js';
import { insertSecret, sealNewSecret } from './webhook-secret.js';

type Contract = typeof webhooks.create;

/** Makes a webhook of the project the principal works in, else of its platform, and shows its secret, this once. Twice makes two. */
export async function createWebhook(parts: WebhookParts, { principal, webhook }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'admin');
  const { url, description, events, enabled } = webhook;
  requireAllowedUrl(parts.egress, url);
  const { platformId, projectId } = who;
  const id = newId('webhook');
  const sealed = await sealNewSecret(parts, { webhookId: id, platformId, projectId });
  return inTenant(parts.database, who, async (tx) => {
    const [state, reason] = enabled ? ['active', null] : ['disabled', 'Disabled on request.'];
    await tx.query('INSERT INTO registry.webhook (id, platform_id, project_id, url, description, events, state, state_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
      id, platformId, projectId, url, description, events === null ? null : [...new Set(events)], state, reason,
    ]);
    await insertSecret(tx, sealed);
    await recordAudit(tx, { who, tenant: { platformId, projectId }, action: 'webhook.created', target: { type: 'webhook', id }, details: { events } });
    return { ...toWebhook(await findWebhook(tx, who, id)), secret: sealed.secret };
  });
}
