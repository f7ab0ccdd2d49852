import type { connectionFact, WebhookEventType } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { messageBody, messageIdOf, type MessageData } from './webhook-message.js';

export interface Told {
  readonly eventId: string;
  readonly type: WebhookEventType;
  readonly about: z.output<typeof connectionFact>;
  /** What is said besides which connection it is. */
  readonly more?: MessageData;
}

interface Known {
  readonly at: Date;
  readonly external_id: string | null;
  readonly owner_id: string | null;
}

/**
 * Those that are to be told: of the event's project, of its platform; of what is shared, those of the projects it is shared with. They are
 * held until the deliveries are written, so that none is deleted in between.
 */
const whoIsTold = `
  SELECT w.id FROM registry.webhook w
  WHERE w.platform_id = $1 AND w.state <> 'disabled' AND (w.events IS NULL OR $2 = ANY(w.events))
    AND (w.project_id IS NULL OR w.project_id = $3 OR ($3::text IS NULL AND w.project_id IN (SELECT project_id FROM registry.connection_project WHERE connection_id = $4)))
  FOR KEY SHARE`;

/** Writes an event's message and one delivery for each webhook that is told, in the transaction in which the event is heard. Nobody to tell: nothing is written. */
export async function queueMessage(tx: EntityManager, { eventId, type, about, more = {} }: Told): Promise<void> {
  const { connectionId, platformId, projectId, connector } = about;
  const webhooks: { id: string }[] = await tx.query(whoIsTold, [platformId, type, projectId, connectionId]);
  if (webhooks.length === 0) return;
  const [known]: Known[] = await tx.query('SELECT now() AS at, c.external_id, c.owner_id FROM (SELECT 1) AS one LEFT JOIN registry.connection c ON c.id = $1', [connectionId]);
  const { at, external_id: externalId, owner_id: ownerId } = known!;
  const id = messageIdOf(eventId);
  const body = messageBody(type, at, { connectionId, externalId, connector, projectId, ownerId, ...more });
  await tx.query('INSERT INTO registry.webhook_message (id, platform_id, project_id, type, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', [id, platformId, projectId, type, body]);
  await tx.query(
    `INSERT INTO registry.webhook_delivery (webhook_id, message_id, platform_id, project_id, type)
     SELECT id, $1, platform_id, project_id, $2 FROM registry.webhook WHERE id = ANY($3) ON CONFLICT DO NOTHING`,
    [id, type, webhooks.map((webhook) => webhook.id)],
  );
}
