import { Controller, Inject } from '@nestjs/common';
import { connectionActivated, connectionDegraded, connectionDeleted, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { Inbox, Outbox } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { cancelRuns } from '../run/cancel-runs.js';
import { activateFlow, buryFlow, noteDegraded } from './default-flow.js';

/** What happens to connections, as far as their flows are concerned. */
@Controller()
export class ConnectionConsumer {
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #config: SyncContext['config'];

  constructor(@Inject(Inbox) inbox: Inbox, @Inject(Outbox) outbox: Outbox, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#inbox = inbox;
    this.#outbox = outbox;
    this.#config = context.config;
  }

  @Consume(connectionActivated)
  async activated({ id, data }: Delivery<DataOf<typeof connectionActivated>>): Promise<void> {
    await this.#inbox.once('connection-activated', id, async (tx) => {
      await keepBrief(tx);
      await activateFlow(tx, id, data, this.#config);
    });
  }

  @Consume(connectionDegraded)
  async degraded({ id, data }: Delivery<DataOf<typeof connectionDegraded>>): Promise<void> {
    await this.#inbox.once('connection-degraded', id, async (tx) => {
      await keepBrief(tx);
      await noteDegraded(tx, id, data);
    });
  }

  @Consume(connectionDeleted)
  async deleted({ id, data }: Delivery<DataOf<typeof connectionDeleted>>): Promise<void> {
    await this.#inbox.once('connection-deleted', id, async (tx) => {
      await keepBrief(tx);
      const flowId = await buryFlow(tx, id, data);
      if (flowId === null) return;
      await cancelRuns(tx, this.#outbox, flowId, { code: 'connection_deleted', message: 'The connection was deleted.' });
      // Should the connection come back it may be another account: it is read from the start then.
      await tx.query('UPDATE sync.checkpoint SET state = NULL, version = version + 1, updated_at = now() WHERE flow_id = $1', [flowId]);
    });
  }
}
