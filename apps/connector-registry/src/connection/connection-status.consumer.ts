import { Controller, Inject } from '@nestjs/common';
import { authorizationAbandoned, credentialBroken, credentialRefreshed, credentialStored, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { releaseLink } from '../connect-link/claim-link.js';
import { RegistryParts } from '../registry-parts.js';
import { credentialWasBroken, credentialWasRefreshed, credentialWasStored } from './hear-of-credential.js';
import { endAttempt } from './attempt/end-attempt.js';
import { queueMessage } from '../webhook/queue-message.js';

/** What the keeper and the broker tell, and what it means for a connection. Each fact has its effect once. */
@Controller()
export class ConnectionStatusConsumer {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Consume(credentialStored)
  stored({ id, data }: Delivery<DataOf<typeof credentialStored>>): Promise<void> {
    return this.#parts.inbox.once('credential-stored', id, (tx) => credentialWasStored(this.#parts, tx, data));
  }

  @Consume(credentialRefreshed)
  refreshed({ id, data }: Delivery<DataOf<typeof credentialRefreshed>>): Promise<void> {
    return this.#parts.inbox.once('credential-refreshed', id, async (tx) => {
      await credentialWasRefreshed(this.#parts, tx, data);
      await queueMessage(tx, { eventId: id, type: 'credential.refreshed', about: data, more: { expiresAt: data.expiresAt } });
    });
  }

  @Consume(credentialBroken)
  broken({ id, data }: Delivery<DataOf<typeof credentialBroken>>): Promise<void> {
    return this.#parts.inbox.once('credential-broken', id, (tx) => credentialWasBroken(this.#parts, tx, data));
  }

  @Consume(authorizationAbandoned)
  abandoned({ data }: Delivery<DataOf<typeof authorizationAbandoned>>): Promise<void> {
    // Counted by walk and not by event: a walk ends once, in however many words that is told.
    return this.#parts.inbox.once('authorization-abandoned', data.authorizationId, async (tx) => {
      await endAttempt(tx, data);
      await releaseLink(tx, data.authorizationId);
    });
  }
}
