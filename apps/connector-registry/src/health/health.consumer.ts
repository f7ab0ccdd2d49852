import { Controller, Inject } from '@nestjs/common';
import { connectionCalled, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { hearCall } from './hear-call.js';

/** How calls on behalf of connections ended, as the keeper and the readers tell it. Each call counts once. */
@Controller()
export class HealthConsumer {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Consume(connectionCalled)
  called({ id, data }: Delivery<DataOf<typeof connectionCalled>>): Promise<void> {
    return this.#parts.inbox.once('connection-called', id, (tx) => hearCall(tx, data));
  }
}
