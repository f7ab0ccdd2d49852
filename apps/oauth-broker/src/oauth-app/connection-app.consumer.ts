import { Controller, Inject } from '@nestjs/common';
import { connectionDeleted, credentialRevoked, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { BrokerParts } from '../broker-parts.js';
import { orphanApps, removeOrphans } from './connection-app.js';

/** Apps that were brought for one connection end with it: marked when it is deleted, removed when its tokens have ended at the provider. */
@Controller()
export class ConnectionAppConsumer {
  readonly #parts: BrokerParts;

  constructor(@Inject(BrokerParts) parts: BrokerParts) {
    this.#parts = parts;
  }

  @Consume(connectionDeleted)
  deleted({ id, data }: Delivery<DataOf<typeof connectionDeleted>>): Promise<void> {
    return this.#parts.inbox.once('connection-deleted', id, (tx) => orphanApps(tx, data.connectionId));
  }

  @Consume(credentialRevoked)
  revoked({ id, data }: Delivery<DataOf<typeof credentialRevoked>>): Promise<void> {
    return this.#parts.inbox.once('credential-revoked', id, async (tx) => {
      await orphanApps(tx, data.connectionId);
      await removeOrphans(tx, data.connectionId);
    });
  }
}
