import { Controller, Inject } from '@nestjs/common';
import { connectionConfigured, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { Inbox } from '@trunkline/persistence';
import { ConfigureCredential } from './configure-credential.js';

/** The same as `credentials.configure`, for whenever the registry could not ask: an event is not lost. */
@Controller()
export class ConfigurationConsumer {
  readonly #inbox: Inbox;
  readonly #configure: ConfigureCredential;

  constructor(@Inject(Inbox) inbox: Inbox, @Inject(ConfigureCredential) configure: ConfigureCredential) {
    this.#inbox = inbox;
    this.#configure = configure;
  }

  @Consume(connectionConfigured)
  configured({ id, data }: Delivery<DataOf<typeof connectionConfigured>>): Promise<void> {
    return this.#inbox.once('connection-configured', id, async (tx) => {
      await this.#configure.configureIn(tx, data);
    });
  }
}
