import { webhooks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { requireTenant } from '../access/require-tenant.js';
import { recordAudit } from '../audit/record-audit.js';
import type { WebhookParts } from './webhook-parts.js';
import { findWebhook, inTenant } from './webhook-row.js';

type Contract = typeof webhooks.replay;

/** Has messages sent once more, under the id they had. What still waits is left to its own schedule: it is sent anyway, and asking twice sends nothing twice. */
export async function replay({ database }: WebhookParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, id, messageId, since, delivered } = request;
  const who = requireTenant(principal, 'admin');
  if ((messageId === undefined) === (since === undefined)) {
    throw new AppError('VALIDATION', 'Say what to replay: either "messageId" or "since".', { params: { issues: [{ path: 'messageId', message: 'either this or since' }] } });
  }
  return inTenant(database, who, async (tx) => {
    const row = await findWebhook(tx, who, id);
    const replayed = messageId === undefined ? await replaySince(tx, id, since!, delivered) : await replayOne(tx, id, messageId);
    if (replayed > 0) {
      const tenant = { platformId: row.platform_id, projectId: row.project_id };
      await recordAudit(tx, { who, tenant, action: 'webhook.replayed', target: { type: 'webhook', id }, details: { messages: replayed } });
    }
    return { replayed };
  });
}

/** The schedule begins anew; the count of attempts goes on. */
const again = `UPDATE registry.webhook_delivery SET status = 'waiting', tries = 0, claim = claim + 1, next_attempt_at = now() WHERE webhook_id = $1 AND status <> 'waiting'`;

async function replayOne(tx: EntityManager, id: string, messageId: string): Promise<number> {
  const [, count] = await tx.query<[unknown[], number]>(`${again} AND message_id = $2`, [id, messageId]);
  if (count > 0) return count;
  const known: unknown[] = await tx.query('SELECT 1 FROM registry.webhook_delivery WHERE webhook_id = $1 AND message_id = $2', [id, messageId]);
  if (known.length === 0) throw AppError.notFound('webhook_message', messageId);
  return 0;
}

async function replaySince(tx: EntityManager, id: string, since: string, delivered: boolean): Promise<number> {
  const [, count] = await tx.query<[unknown[], number]>(`${again} AND created_at >= $2 AND (status = 'given_up' OR $3)`, [id, since, delivered]);
  return count;
}
