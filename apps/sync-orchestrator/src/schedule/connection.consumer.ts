import { Controller, Inject } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { connectionActivated, connectionBroken, connectionDeleted, connectionDisabled, type DataOf } from '@trunkline/contracts';
import { Consume, type Delivery } from '@trunkline/messaging';
import { Inbox, Outbox } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { pauseCodes } from '../destination/explain-destination.js';
import { cancelRunsOf } from '../run/cancel-runs.js';
import { wakeRunsInto } from '../run/wake-runs.js';
import { hearOfSource, type SourceNews } from '../source/source.js';
import { activateFlow, buryDefaultFlow } from './default-flow.js';

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
  activated({ id, data }: Delivery<DataOf<typeof connectionActivated>>): Promise<void> {
    return this.#hear('connection-activated', id, { ...data, state: 'present', degradedReason: null }, async (tx) => {
      await activateFlow(tx, data, this.#config);
      await wakeRunsInto(tx, data.connectionId, pauseCodes);
    });
  }

  /** Trouble: the flows stay as they are. Their runs go on being tried, and say themselves why they fail. */
  @Consume(connectionBroken)
  degraded({ id, data }: Delivery<DataOf<typeof connectionBroken>>): Promise<void> {
    return this.#hear('connection-broken', id, { ...data, state: 'present', degradedReason: data.reason }, async () => undefined);
  }

  /** Nothing of it is scheduled until it is activated again; flows and checkpoints stay. */
  @Consume(connectionDisabled)
  disabled({ id, data }: Delivery<DataOf<typeof connectionDisabled>>): Promise<void> {
    const reason = { code: 'connection_disabled', message: 'The connection was disabled.' };
    return this.#hear('connection-disabled', id, { ...data, state: 'disabled', degradedReason: null }, (tx) => cancelRunsOf(tx, this.#outbox, data.connectionId, reason));
  }

  @Consume(connectionDeleted)
  deleted({ id, data }: Delivery<DataOf<typeof connectionDeleted>>): Promise<void> {
    const reason = { code: 'connection_deleted', message: 'The connection was deleted.' };
    return this.#hear('connection-deleted', id, { ...data, state: 'missing', degradedReason: null }, async (tx) => {
      await cancelRunsOf(tx, this.#outbox, data.connectionId, reason);
      await buryDefaultFlow(tx, data.connectionId);
      // Should the connection come back it may be another account: it is read from the start then.
      await tx.query('UPDATE sync.checkpoint SET state = NULL, version = version + 1, updated_at = now() WHERE flow_id IN (SELECT id FROM sync.flow WHERE connection_id = $1)', [data.connectionId]);
    });
  }

  /** Once per event, and only if nothing newer was heard of that connection. */
  #hear(consumer: string, eventId: string, news: SourceNews, effect: (tx: EntityManager) => Promise<void>): Promise<void> {
    return this.#inbox.once(consumer, eventId, async (tx) => {
      await keepBrief(tx);
      if (await hearOfSource(tx, eventId, news)) await effect(tx);
    });
  }
}
