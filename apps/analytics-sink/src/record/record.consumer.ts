import { Controller, Inject, type Type } from '@nestjs/common';
import { Consume, type Delivery } from '@trunkline/messaging';
import { ApplyBatch } from './apply-batch.js';
import { incomingBatches, type IncomingBatch } from './incoming-batch.js';

/** The consumer of the record stream. A class per service instance, because its concurrency is a setting. */
export function recordConsumer(concurrency: number): Type<unknown> {
  @Controller()
  class RecordConsumer {
    readonly #batches: ApplyBatch;

    constructor(@Inject(ApplyBatch) batches: ApplyBatch) {
      this.#batches = batches;
    }

    @Consume(incomingBatches, { concurrency })
    async applied(delivery: Delivery<IncomingBatch>): Promise<void> {
      await this.#batches.apply(delivery.id, delivery.data);
    }
  }
  return RecordConsumer;
}
