import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { counter, every, gauge, type Loop } from '@trunkline/service';
import { attempt } from './attempt.js';
import { claimDeliveries, claimProbe, leaseSeconds, type Claimed } from './claim-deliveries.js';
import { destroyFormerSecrets, forgetOldMessages, oldestDueSeconds } from './forget-webhook-things.js';
import { noteAttempt } from './note-attempt.js';
import { WebhookParts } from './webhook-parts.js';

const lookEveryMs = 500;
const secretsEveryMs = 10_000;
const backlogEveryMs = 15_000;
const forgetEveryMs = 3_600_000;
/** What is still under way when the service stops is sent again by whoever is there when the lease is over. */
const lastWaitMs = 3_000;

/** Sends what waits for webhooks. Every replica takes its share. */
@Injectable()
export class WebhookSweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: WebhookParts;
  readonly #attempts = counter('trunkline_registry_webhook_attempts_total', 'Attempts to deliver a message to a webhook, by how they ended.', ['outcome']);
  readonly #backlog = gauge('trunkline_registry_webhook_oldest_due_seconds', 'For how long the oldest message has been due that nothing but the sending itself holds up.');
  readonly #sending = new Map<string, { webhookId: string; over: Promise<void> }>();
  #loops: Loop[] = [];
  #sender: Loop | undefined;

  constructor(@Inject(WebhookParts) parts: WebhookParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    const { database, context: { logger } } = this.#parts;
    this.#sender = every(lookEveryMs, 'webhook deliveries', logger, () => this.#sendDue());
    this.#loops = [
      this.#sender,
      every(secretsEveryMs, 'former secrets of webhooks', logger, () => destroyFormerSecrets(database)),
      every(backlogEveryMs, 'backlog of webhooks', logger, async () => this.#backlog.set(await oldestDueSeconds(database))),
      every(forgetEveryMs, 'old webhook messages', logger, () => forgetOldMessages(database)),
    ];
  }

  async #sendDue(): Promise<void | 'again'> {
    const { database, context: { config } } = this.#parts;
    const lease = leaseSeconds(config);
    const limit = config.webhooksAtOnce - this.#sending.size;
    if (limit <= 0) return;
    const probes = await claimProbe(database, { lease });
    const deliveries = limit > probes.length ? await claimDeliveries(database, { busy: this.#busy(config.webhooksAtOncePerEndpoint), limit: limit - probes.length, lease }) : [];
    for (const claimed of [...probes, ...deliveries]) this.#begin(claimed);
    if (probes.length + deliveries.length > 0) return 'again';
  }

  #busy(most: number): string[] {
    const counts = new Map<string, number>();
    for (const { webhookId } of this.#sending.values()) counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= most).map(([webhookId]) => webhookId);
  }

  #begin(claimed: Claimed): void {
    const key = `${claimed.webhookId} ${claimed.messageId} ${claimed.claim}`;
    const over = this.#send(claimed).finally(() => {
      this.#sending.delete(key);
      this.#sender?.nudge();
    });
    this.#sending.set(key, { webhookId: claimed.webhookId, over });
  }

  /** Delivered at least once: if we die between the answer and the note, the message is sent again under the same id. */
  async #send(claimed: Claimed): Promise<void> {
    const { database, context: { config, logger } } = this.#parts;
    const { webhookId, messageId } = claimed;
    try {
      const made = await attempt(this.#parts, claimed);
      const outcome = await noteAttempt(database, claimed, made, config);
      this.#attempts.inc({ outcome });
      if (made.error !== null) logger.info({ webhookId, messageId, status: made.status, outcome }, 'a message could not be delivered to a webhook just now');
    } catch (error) {
      this.#attempts.inc({ outcome: 'error' });
      logger.warn({ error, webhookId, messageId }, 'a message to a webhook could not be sent or noted; it is tried again');
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    const under = [...this.#sending.values()].map(({ over }) => over);
    if (under.length > 0) await Promise.race([Promise.all(under), pause(lastWaitMs, undefined, { ref: false })]);
  }
}
