import { Controller, Inject } from '@nestjs/common';
import { webhooks, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { createWebhook } from './create-webhook.js';
import { deleteWebhook } from './delete-webhook.js';
import { listDeliveries } from './list-deliveries.js';
import { pingWebhook } from './ping-webhook.js';
import { getWebhook, listWebhooks } from './read-webhooks.js';
import { replay } from './replay.js';
import { rotateSecret } from './rotate-secret.js';
import { updateWebhook } from './update-webhook.js';
import { WebhookParts } from './webhook-parts.js';

@Controller()
export class WebhookHandler {
  readonly #parts: WebhookParts;

  constructor(@Inject(WebhookParts) parts: WebhookParts) {
    this.#parts = parts;
  }

  @Rpc(webhooks.create)
  create(request: RequestOf<typeof webhooks.create>): Promise<ReplyOf<typeof webhooks.create>> {
    return createWebhook(this.#parts, request);
  }

  @Rpc(webhooks.list)
  list(request: RequestOf<typeof webhooks.list>): Promise<ReplyOf<typeof webhooks.list>> {
    return listWebhooks(this.#parts, request);
  }

  @Rpc(webhooks.get)
  get(request: RequestOf<typeof webhooks.get>): Promise<ReplyOf<typeof webhooks.get>> {
    return getWebhook(this.#parts, request);
  }

  @Rpc(webhooks.update)
  update(request: RequestOf<typeof webhooks.update>): Promise<ReplyOf<typeof webhooks.update>> {
    return updateWebhook(this.#parts, request);
  }

  @Rpc(webhooks.delete)
  delete(request: RequestOf<typeof webhooks.delete>): Promise<ReplyOf<typeof webhooks.delete>> {
    return deleteWebhook(this.#parts, request);
  }

  @Rpc(webhooks.rotate)
  rotate(request: RequestOf<typeof webhooks.rotate>): Promise<ReplyOf<typeof webhooks.rotate>> {
    return rotateSecret(this.#parts, request);
  }

  @Rpc(webhooks.ping)
  ping(request: RequestOf<typeof webhooks.ping>): Promise<ReplyOf<typeof webhooks.ping>> {
    return pingWebhook(this.#parts, request);
  }

  @Rpc(webhooks.deliveries)
  deliveries(request: RequestOf<typeof webhooks.deliveries>): Promise<ReplyOf<typeof webhooks.deliveries>> {
    return listDeliveries(this.#parts, request);
  }

  @Rpc(webhooks.replay)
  replay(request: RequestOf<typeof webhooks.replay>): Promise<ReplyOf<typeof webhooks.replay>> {
    return replay(this.#parts, request);
  }
}
