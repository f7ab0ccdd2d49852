import { createHash } from 'node:crypto';
import type { WebhookEventType } from '@trunkline/contracts';

/** What a message tells: ids and facts. No secret is in it, and nobody's address. */
export type MessageData = Readonly<Record<string, string | null>>;

/** Made from the event's id: however often an event comes, it is the same message. */
export const messageIdOf = (eventId: string): string => `msg_${createHash('sha256').update(eventId).digest('hex').slice(0, 32)}`;

/** The body, once and for all: every attempt sends the same bytes. */
export const messageBody = (type: WebhookEventType | 'webhook.ping', at: Date, data: MessageData): string => JSON.stringify({ type, timestamp: at.toISOString(), data });
