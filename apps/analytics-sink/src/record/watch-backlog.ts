import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RECORDS, recordBatches } from '@trunkline/contracts';
import { durableName, NATS, type NatsConnection } from '@trunkline/messaging';
import { every, gauge, SERVICE_CONTEXT, type Loop, type ServiceContext } from '@trunkline/service';

const intervalMs = 5_000;

/** Tells, every five seconds, how far the sink is behind: batches of the stream that are not applied yet, over all replicas. */
@Injectable()
export class WatchBacklog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #nats: NatsConnection;
  readonly #context: ServiceContext;
  readonly #waiting = gauge('trunkline_sink_waiting_batches', 'Record batches published and not applied yet, over all replicas.');
  #loop: Loop | undefined;

  constructor(@Inject(NATS) nats: NatsConnection, @Inject(SERVICE_CONTEXT) context: ServiceContext) {
    this.#nats = nats;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    const subject = `$JS.API.CONSUMER.INFO.${RECORDS.name}.${durableName(this.#context.name, recordBatches.subject)}`;
    this.#loop = every(intervalMs, 'backlog watch', this.#context.logger, async () => {
      const answer = await this.#nats.request(subject, undefined, { timeout: 2_000 }).catch(() => undefined);
      // No answer: NATS is away. No counts: the consumer is not set up yet. The last word stands.
      const { num_pending: unseen, num_ack_pending: inHand } = answer?.json<{ num_pending?: number; num_ack_pending?: number }>() ?? {};
      if (unseen !== undefined && inHand !== undefined) this.#waiting.set(unseen + inHand);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
