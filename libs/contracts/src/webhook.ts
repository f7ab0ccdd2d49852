import { z } from 'zod';
import { defineRpc } from './kit/define.js';
import { id, moment, platformId, projectId } from './kit/ids.js';
import { page, pageRequest } from './kit/page.js';
import { secret } from './kit/secret.js';
import { principal } from './principal.js';

export const webhookId = id('webhook');
export const webhookMessageId = id('webhookMessage');

/** What a webhook can tell; each is an event of the same name (`connection.broken`: `evt.connection.broken.v1`). */
export const webhookEventTypes = ['connection.broken', 'connection.recovered', 'credential.refreshed', 'credential.expiring'] as const;
export const webhookEventType = z.enum(webhookEventTypes);
export type WebhookEventType = z.output<typeof webhookEventType>;

/** `active`: sent to; `resting`: it failed often, one message at a time finds out whether it is back; `disabled`: by a person, by 410 Gone, or after days of failure. */
export const webhookState = z.enum(['active', 'resting', 'disabled']);

/** An address that is told of events, signed as Standard Webhooks 1.0 says. */
export const webhook = z.object({
  id: webhookId,
  platformId,
  /** Null: of the platform, told of all its projects' events. */
  projectId: projectId.nullable(),
  url: z.url(),
  description: z.string(),
  /** Null: every type there is or will be. */
  events: z.array(webhookEventType).nullable(),
  enabled: z.boolean(),
  state: webhookState,
  /** Why it is resting or disabled, in words; null while active. */
  stateReason: z.string().nullable(),
  consecutiveFailures: z.int().min(0),
  /** Until when messages carry the former secret's signature too; null: only the current one's. */
  formerSecretUntil: moment.nullable(),
  created: moment,
  updated: moment,
});
export type Webhook = z.output<typeof webhook>;

const url = z.url().max(2_048);
const description = z.string().trim().max(500);
const events = z.array(webhookEventType).min(1).max(webhookEventTypes.length);

export const newWebhook = z.strictObject({ url, description: description.default(''), events: events.nullable().default(null), enabled: z.boolean().default(true) });
export const webhookChange = z.strictObject({ url: url.optional(), description: description.optional(), events: events.nullable().optional(), enabled: z.boolean().optional() });

/** One message to one webhook, and how its sending goes. */
export const webhookDelivery = z.object({
  /** The header `webhook-id`: the same for every attempt and every replay. */
  messageId: webhookMessageId,
  webhookId,
  type: z.string(),
  status: z.enum(['waiting', 'delivered', 'given_up']),
  attempts: z.int().min(0),
  lastAttemptAt: moment.nullable(),
  nextAttemptAt: moment.nullable(),
  /** Of the last attempt; null: there was no answer. */
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  created: moment,
});

const registry = { server: 'connector-registry', callers: ['gateway'] } as const;
const notFound = ['ENTITY_NOT_FOUND', 'AUTHORIZATION'] as const;
const one = z.object({ principal, id: webhookId });
/** The secret is shown when it is made, and never again. */
const withSecret = webhook.extend({ secret: secret() });

export const webhooks = {
  create: defineRpc('rpc.webhooks.create', { ...registry, request: z.object({ principal, webhook: newWebhook }), reply: withSecret, errors: ['AUTHORIZATION', 'VALIDATION'] }),
  list: defineRpc('rpc.webhooks.list', { ...registry, request: z.object({ principal, ...pageRequest }), reply: page(webhook), errors: ['AUTHORIZATION'] }),
  get: defineRpc('rpc.webhooks.get', { ...registry, request: one, reply: webhook, errors: notFound }),
  /** Enabling one that was disabled or rests begins anew: it is sent to at once. */
  update: defineRpc('rpc.webhooks.update', { ...registry, request: one.extend({ change: webhookChange }), reply: webhook, errors: [...notFound, 'VALIDATION'] }),
  delete: defineRpc('rpc.webhooks.delete', { ...registry, request: one, reply: z.object({ deleted: webhookId }), errors: notFound }),
  /** A new secret; for `overlapHours` (0–168, default 24) messages are signed with the former one too. */
  rotate: defineRpc('rpc.webhooks.rotate', { ...registry, request: one.extend({ overlapHours: z.int().min(0).max(168).default(24) }), reply: withSecret, errors: notFound }),
  /** Sends a message of the type `webhook.ping` now and waits for the answer. */
  ping: defineRpc('rpc.webhooks.ping', {
    ...registry,
    deadlineMs: 30_000,
    request: one,
    reply: z.object({ delivered: z.boolean(), status: z.int().nullable(), message: z.string().nullable() }),
    errors: notFound,
  }),
  deliveries: defineRpc('rpc.webhooks.deliveries', {
    ...registry,
    request: one.extend({ status: z.enum(['waiting', 'delivered', 'given_up']).optional(), ...pageRequest }),
    reply: page(webhookDelivery),
    errors: notFound,
  }),
  /** Sends messages once more: one by its id, or all since a moment that were given up (or, with `delivered`, those delivered too). */
  replay: defineRpc('rpc.webhooks.replay', {
    ...registry,
    request: one.extend({ messageId: webhookMessageId.optional(), since: moment.optional(), delivered: z.boolean().default(false) }),
    reply: z.object({ replayed: z.int().min(0) }),
    errors: [...notFound, 'VALIDATION'],
  }),
};
