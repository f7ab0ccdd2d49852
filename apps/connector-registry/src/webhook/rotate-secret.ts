import { webhooks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant, toWebhook } from './webhook-row.js';
import { insertSecret, sealNewSecret } from './webhook-secret.js';

type Contract = typeof webhooks.rotate;

/** Signatures a message carries at most: the current secret's and those of so many before it. */
const mostFormer = 4;

/**
 * Puts a new secret in the place of the current one, which goes on signing for the overlap. A repeat makes another one; the secret that
 * the receiver still has stays good for its own overlap, whoever asked twice.
 */
export async function rotateSecret(parts: WebhookParts, { principal, id, overlapHours }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'admin');
  const found = await inTenant(parts.database, who, (tx) => findWebhook(tx, who, id));
  const tenant = { platformId: found.platform_id, projectId: found.project_id };
  const sealed = await sealNewSecret(parts, { webhookId: id, ...tenant });
  return inTenant(parts.database, who, async (tx) => {
    // Two that rotate at once wait for each other here.
    await findWebhook(tx, who, id, { lock: true });
    await tx.query('UPDATE registry.webhook_secret SET until = now() + make_interval(hours => $2) WHERE webhook_id = $1 AND until IS NULL', [id, overlapHours]);
    await tx.query(
      `DELETE FROM registry.webhook_secret WHERE webhook_id = $1 AND (until <= now() OR id IN
         (SELECT id FROM registry.webhook_secret WHERE webhook_id = $1 AND until IS NOT NULL ORDER BY created_at DESC OFFSET ${mostFormer}))`,
      [id],
    );
    await insertSecret(tx, sealed);
    await tx.query('UPDATE registry.webhook SET updated_at = now() WHERE id = $1', [id]);
    await recordAudit(tx, { who, tenant, action: 'webhook.secret_rotated', target: { type: 'webhook', id }, details: { overlapHours } });
    return { ...toWebhook(await findWebhook(tx, who, id)), secret: sealed.secret };
  });
}
