import { webhooks, type ReplyOf, type RequestOf, type Webhook } from '@trunkline/contracts';
import { requireTenant } from '../access/require-tenant.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant, tenantValues, toWebhook, webhookColumns, withinTenant, type WebhookRow } from './webhook-row.js';

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function getWebhook({ database }: WebhookParts, { principal, id }: RequestOf<typeof webhooks.get>): Promise<Webhook> {
  const who = requireTenant(principal, 'connections:read');
  return inTenant(database, who, async (tx) => toWebhook(await findWebhook(tx, who, id)));
}

/** Those of the project the request works in; of the whole platform, its projects' among them, if it works in none. */
export async function listWebhooks({ database, pages }: WebhookParts, { principal, limit, cursor }: RequestOf<typeof webhooks.list>): Promise<ReplyOf<typeof webhooks.list>> {
  const who = requireTenant(principal, 'connections:read');
  const { platformId, projectId } = who;
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'webhooks', platformId, projectId }, { columns: { at: 'w.created_at', id: 'w.id' }, firstParameter: 3 }, (page) =>
    inTenant(database, who, (tx) =>
      tx.query<(WebhookRow & { cursor_at: string })[]>(
        `SELECT ${webhookColumns}, w.created_at::text AS cursor_at FROM registry.webhook w WHERE ${withinTenant} AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [...tenantValues(who), ...page.values],
      ),
    ),
  );
  return { data: rows.map(toWebhook), next, previous };
}
