import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import {
  moment, newWebhook, page, pageRequest, secret, webhook, webhookChange, webhookDelivery, webhookId, webhookMessageId, webhooks, type ReplyOf,
} from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from '../tenancy/admin.js';

const tag = 'Webhooks';
const mayRead = { kind: 'key', scope: 'connections:read' } as const;
const byId = z.strictObject({ id: webhookId });
const withSecret = webhook.extend({ secret: secret() });
const errors = ['ENTITY_NOT_FOUND'] as const;

const list = endpoint({
  method: 'GET', path: '/api/v1/webhooks', tag, summary: 'List webhooks', access: mayRead,
  description: 'Of the project that is named, or that the principal works in; of the whole platform if there is none. Oldest first.',
  query: z.strictObject(pageRequest), reply: page(webhook),
});
const create = endpoint({
  method: 'POST', path: '/api/v1/webhooks', tag, summary: 'Create a webhook', access: admin,
  description:
    'An address of yours that is told of events, signed as Standard Webhooks 1.0 says. The answer is the only place where the secret is ever shown. ' +
    'Without a project it is of the platform, and told of all its projects\' events. `events` null means every type; `credential.refreshed` comes with every renewal of every token.',
  body: newWebhook, projectInBody: true, reply: withSecret, status: 201, errors,
});
const get = endpoint({ method: 'GET', path: '/api/v1/webhooks/:id', tag, summary: 'Get a webhook', access: mayRead, description: 'Without its secret.', params: byId, reply: webhook, errors });
const update = endpoint({
  method: 'POST', path: '/api/v1/webhooks/:id', tag, summary: 'Change a webhook', access: admin,
  description: '`enabled: true` has one that rests or was disabled begin anew: what waits for it is sent at once. While it is disabled nothing is kept for it.',
  params: byId, body: webhookChange, reply: webhook, errors,
});
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/webhooks/:id', tag, summary: 'Delete a webhook', access: admin,
  description: 'What waits for it goes with it.', params: byId, reply: z.object({ deleted: webhookId }), errors,
});
const rotate = endpoint({
  method: 'POST', path: '/api/v1/webhooks/:id/rotate-secret', operation: 'rotateWebhookSecret', tag, summary: 'Give a webhook a new secret', access: admin,
  description: 'For `overlapHours` (0 to 168, 24 if you do not say) messages carry a signature of the former secret too. The answer is the only place where the new one is shown.',
  params: byId, body: z.strictObject({ overlapHours: z.int().min(0).max(168).default(24) }), reply: withSecret, errors,
});
const ping = endpoint({
  method: 'POST', path: '/api/v1/webhooks/:id/ping', tag, summary: 'Send a test message now', access: admin,
  description: 'Sends a message of the type `webhook.ping`, also to one that is disabled, and answers with what came of it. It changes nothing.',
  params: byId, reply: z.object({ delivered: z.boolean(), status: z.int().nullable(), message: z.string().nullable() }), errors,
});
const deliveries = endpoint({
  method: 'GET', path: '/api/v1/webhooks/:id/deliveries', operation: 'listWebhookDeliveries', tag, summary: 'List what was sent to a webhook', access: mayRead,
  description: 'And what waits for it or was given up. Oldest first; kept for thirty days.',
  params: byId, query: z.strictObject({ status: webhookDelivery.shape.status.optional(), ...pageRequest }), reply: page(webhookDelivery), errors,
});
const replay = endpoint({
  method: 'POST', path: '/api/v1/webhooks/:id/replay', tag, summary: 'Send messages once more', access: admin,
  description: 'One by its `messageId`; or all `since` a moment that were given up, with `delivered` those delivered too. Each keeps its `webhook-id`. What still waits is left to its schedule.',
  params: byId, body: z.strictObject({ messageId: webhookMessageId.optional(), since: moment.optional(), delivered: z.boolean().default(false) }), reply: z.object({ replayed: z.int().min(0) }), errors,
});

/** Addresses of callers that are told of events. */
@Controller()
export class WebhooksController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof webhooks.list>> {
    return this.#rpc.call(webhooks.list, { principal, ...query });
  }

  @Serve(create)
  create(@Call() { principal, body, reply }: CallOf<typeof create>): Promise<ReplyOf<typeof webhooks.create>> {
    void reply.header('cache-control', 'no-store');
    return this.#rpc.call(webhooks.create, { principal, webhook: body });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof webhooks.get>> {
    return this.#rpc.call(webhooks.get, { principal, id: params.id });
  }

  @Serve(update)
  update(@Call() { principal, params, body }: CallOf<typeof update>): Promise<ReplyOf<typeof webhooks.update>> {
    return this.#rpc.call(webhooks.update, { principal, id: params.id, change: body });
  }

  @Serve(remove)
  delete(@Call() { principal, params }: CallOf<typeof remove>): Promise<ReplyOf<typeof webhooks.delete>> {
    return this.#rpc.call(webhooks.delete, { principal, id: params.id });
  }

  @Serve(rotate)
  rotate(@Call() { principal, params, body, reply }: CallOf<typeof rotate>): Promise<ReplyOf<typeof webhooks.rotate>> {
    void reply.header('cache-control', 'no-store');
    return this.#rpc.call(webhooks.rotate, { principal, id: params.id, ...body });
  }

  @Serve(ping)
  ping(@Call() { principal, params }: CallOf<typeof ping>): Promise<ReplyOf<typeof webhooks.ping>> {
    return this.#rpc.call(webhooks.ping, { principal, id: params.id });
  }

  @Serve(deliveries)
  deliveries(@Call() { principal, params, query }: CallOf<typeof deliveries>): Promise<ReplyOf<typeof webhooks.deliveries>> {
    return this.#rpc.call(webhooks.deliveries, { principal, id: params.id, ...query });
  }

  @Serve(replay)
  replay(@Call() { principal, params, body }: CallOf<typeof replay>): Promise<ReplyOf<typeof webhooks.replay>> {
    return this.#rpc.call(webhooks.replay, { principal, id: params.id, ...body });
  }
}
