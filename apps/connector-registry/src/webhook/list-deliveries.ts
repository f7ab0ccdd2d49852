import { webhooks, type ReplyOf, type RequestOf, type webhookDelivery } from '@trunkline/contracts';
import type { z } from 'zod';
import { requireTenant } from '../access/require-tenant.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant } from './webhook-row.js';

type Contract = typeof webhooks.deliveries;

interface DeliveryRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly type: string;
  readonly status: z.output<typeof webhookDelivery>['status'];
  readonly attempts: number;
  readonly last_attempt_at: Date | null;
  readonly next_attempt_at: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly cursor_at: string;
}
const columns = 'message_id AS id, webhook_id, type, status, attempts, last_attempt_at, next_attempt_at, last_status, last_error, created_at, created_at::text AS cursor_at';

/** What was sent to a webhook and what waits for it, oldest first. */
export async function listDeliveries({ database, pages }: WebhookParts, { principal, id, status, limit, cursor }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const who = requireTenant(principal, 'connections:read');
  const wanted = status ?? null;
  const binding = { list: 'webhook_deliveries', id, status: wanted };
  const { rows, next, previous } = await pages.read({ limit, cursor }, binding, { columns: { at: 'created_at', id: 'message_id' }, firstParameter: 3 }, (page) =>
    inTenant(database, who, async (tx) => {
      await findWebhook(tx, who, id);
      return tx.query<DeliveryRow[]>(
        `SELECT ${columns} FROM registry.webhook_delivery WHERE webhook_id = $1 AND ($2::text IS NULL OR status = $2) AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [id, wanted, ...page.values],
      );
    }),
  );
  return { data: rows.map(toDelivery), next, previous };
}

const toDelivery = (row: DeliveryRow): z.output<typeof webhookDelivery> => ({
  messageId: row.id,
  webhookId: row.webhook_id,
  type: row.type,
  status: row.status,
  attempts: row.attempts,
  lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  lastStatus: row.last_status,
  lastError: row.last_error,
  created: row.created_at.toISOString(),
});
