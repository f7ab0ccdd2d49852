import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { maxBatchBytes, recordBatchType, recordSubject } from '@trunkline/contracts';
import { isOutage, NATS, Publisher, type NatsConnection } from '@trunkline/messaging';
import { counter, SERVICE_CONTEXT } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import type { BatchHead, EncodedBatch } from './encode-batches.js';
import type { Sink } from './sink.js';

const pausesMs = [100, 250, 500, 1_000, 2_000, 5_000];
/** Headers of a message, and then some. */
const headerBytes = 4_096;

/** Puts batches into the record stream, and waits as long as it takes: a full stream or an absent server pauses the sync, nothing else. */
@Injectable()
export class RecordPublisher {
  readonly #publisher: Publisher;
  readonly #nats: NatsConnection;
  readonly #context: SyncContext;
  readonly #waits = counter('trunkline_sync_publish_waits_total', 'Publications of record batches that had to be tried again, by reason.', ['reason']);

  constructor(@Inject(Publisher) publisher: Publisher, @Inject(NATS) nats: NatsConnection, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#publisher = publisher;
    this.#nats = nats;
    this.#context = context;
  }

  /** Bytes a batch may have: a server with a lower limit than ours must not be offered what it will never take. */
  get largestBatch(): number {
    return Math.min(maxBatchBytes, (this.#nats.info?.max_payload ?? Infinity) - headerBytes);
  }

  /** The record stream as the place a slice's batches go. */
  sink(flowId: string, head: BatchHead, signal: AbortSignal): Sink {
    return {
      largestBatch: this.largestBatch,
      write: async (batch) => {
        await this.publish(flowId, head, batch, signal);
        return [];
      },
      close: async () => undefined,
    };
  }

  /**
   * Resolves when the server has stored the batch. Its id follows from its place, so that a batch whose acknowledgement was lost is
   * recognised when it is published again.
   *
   * @throws the signal's reason when it is aborted meanwhile
   */
  async publish(flowId: string, head: BatchHead, batch: EncodedBatch, signal: AbortSignal): Promise<void> {
    const message = {
      id: `${flowId}.${head.stream}.${head.generation}.${batch.sequence}`,
      subject: recordSubject(head),
      type: recordBatchType,
      source: this.#context.name,
      time: new Date().toISOString(),
      about: head.connectionId,
      data: batch.body,
    };
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        await this.#publisher.publish(message);
        return;
      } catch (error) {
        if (!isOutage(error)) throw error;
        const full = (error as { params?: { full?: boolean } }).params?.full === true;
        this.#waits.inc({ reason: full ? 'full' : 'unconfirmed' });
        if (attempt % 10 === 0) this.#context.logger.warn({ error, stream: head.stream, connectionId: head.connectionId, full }, 'records wait for the record stream');
        await pause(pausesMs[Math.min(attempt, pausesMs.length - 1)], undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }
}
