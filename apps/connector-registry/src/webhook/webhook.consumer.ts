import { Controller, Inject } from '@nestjs/common';
import { connectionBroken, connectionRecovered, credentialExpiring, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { queueMessage } from './queue-message.js';
import { WebhookParts } from './webhook-parts.js';

/**
 * Facts that webhooks are told of. Each is written down once; sending is another matter. `credential.refreshed` is heard where the
 * connection's own status hears it: a service has one consumer for an event.
 */
@Controller()
export class WebhookConsumer {
  readonly #parts: WebhookParts;

  constructor(@Inject(WebhookParts) parts: WebhookParts) {
    this.#parts = parts;
  }

  @Consume(connectionBroken)
  broken({ id, data }: Delivery<DataOf<typeof connectionBroken>>): Promise<void> {
    const { reason } = data;
    return this.#parts.inbox.once('webhook-connection-broken', id, (tx) => queueMessage(tx, { eventId: id, type: 'connection.broken', about: data, more: { reason } }));
  }

  @Consume(connectionRecovered)
  recovered({ id, data }: Delivery<DataOf<typeof connectionRecovered>>): Promise<void> {
    return this.#parts.inbox.once('webhook-connection-recovered', id, (tx) => queueMessage(tx, { eventId: id, type: 'connection.recovered', about: data }));
  }

  @Consume(credentialExpiring)
  expiring({ id, data }: Delivery<DataOf<typeof credentialExpiring>>): Promise<void> {
    const { expiresAt, what } = data;
    return this.#parts.inbox.once('webhook-credential-expiring', id, (tx) => queueMessage(tx, { eventId: id, type: 'credential.expiring', about: data, more: { expiresAt, what } }));
  }
}
