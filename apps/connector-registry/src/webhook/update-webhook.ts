import { webhooks, type RequestOf, type Webhook } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import { changedMembers } from '../access/changed-members.js';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import { requireAllowedUrl } from './allowed-url.js';
import { leaseSeconds } from './claim-deliveries.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant, toWebhook, type WebhookRow } from './webhook-row.js';

type Contract = typeof webhooks.update;

/** Changes what is given. Whoever enables one, or gives one that is enabled another address, has it begin anew: what waits is sent at once. */
export async function updateWebhook(parts: WebhookParts, { principal, id, change }: RequestOf<Contract>): Promise<Webhook> {
  const who = requireTenant(principal, 'admin');
  if (change.url !== undefined) requireAllowedUrl(parts.egress, change.url);
  return inTenant(parts.database, who, async (tx) => {
    const row = await findWebhook(tx, who, id, { lock: true });
    const events = change.events === undefined || change.events === null ? change.events : [...new Set(change.events)];
    const members = changedMembers(toWebhook(row), { ...change, events });
    const beginAnew = (change.enabled ?? row.state !== 'disabled') && (members.includes('url') || change.enabled === true);
    if (members.length > 0) {
      await tx.query('UPDATE registry.webhook SET url = $2, description = $3, events = $4, updated_at = now() WHERE id = $1', [
        id, change.url ?? row.url, change.description ?? row.description, events === undefined ? row.events : events,
      ]);
    }
    if (beginAnew) await begin(tx, row, parts);
    else if (change.enabled === false) await disable(tx, id);
    if (members.length > 0 || beginAnew) {
      const tenant = { platformId: row.platform_id, projectId: row.project_id };
      await recordAudit(tx, { who, tenant, action: 'webhook.updated', target: { type: 'webhook', id }, details: { changed: members } });
    }
    return toWebhook(await findWebhook(tx, who, id));
  });
}

async function begin(tx: EntityManager, { id }: WebhookRow, { context }: WebhookParts): Promise<void> {
  await tx.query(
    `UPDATE registry.webhook SET state = 'active', state_reason = NULL, consecutive_failures = 0, failing_since = NULL, pause_seconds = NULL, not_before = now(), updated_at = now() WHERE id = $1`,
    [id],
  );
  // What is just being sent is due again within the lease, and must not be sent by a second replica before.
  await tx.query(`UPDATE registry.webhook_delivery SET next_attempt_at = now() WHERE webhook_id = $1 AND status = 'waiting' AND next_attempt_at > now() + make_interval(secs => $2)`, [
    id, leaseSeconds(context.config),
  ]);
}

async function disable(tx: EntityManager, id: string): Promise<void> {
  await tx.query(`UPDATE registry.webhook SET state = 'disabled', state_reason = 'Disabled on request.', pause_seconds = NULL WHERE id = $1 AND state <> 'disabled'`, [id]);
}
