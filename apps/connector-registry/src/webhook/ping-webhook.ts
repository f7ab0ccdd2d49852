import { newId, webhooks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { requireTenant } from '../access/require-tenant.js';
import { attempt } from './attempt.js';
import { messageBody } from './webhook-message.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant } from './webhook-row.js';

type Contract = typeof webhooks.ping;

/** Sends a message of its own now, also to one that is disabled, and tells what came of it. It changes nothing: neither state nor counts. */
export async function pingWebhook(parts: WebhookParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'admin');
  const { url } = await inTenant(parts.database, who, (tx) => findWebhook(tx, who, id));
  const body = messageBody('webhook.ping', new Date(), { webhookId: id });
  const { end, status, error } = await attempt(parts, { webhookId: id, url, messageId: newId('webhookMessage'), body });
  return { delivered: end === 'delivered', status, message: error };
}
