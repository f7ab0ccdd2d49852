import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RECORDS, recordBatches } from '@trunkline/contracts';
import { durableName, NATS, type NatsConnection } from '@trunkline/messaging';
import { counter, every, gauge, SERVICE_CONTEXT, type CommonConfig, type Loop, type ServiceContext } from '@trunkline/service';
import type { SinkConfig } from '../config.js';
import { planTrim, type Reader, type StreamState } from './plan-trim.js';

interface ConsumerPage {
  total: number;
  offset: number;
  limit: number;
  consumers: { name: string; config: { durable_name?: string }; ack_floor: { stream_seq: number }; num_pending: number; num_ack_pending: number }[] | null;
}
interface StreamInfo {
  config: { max_bytes: number };
  state: { bytes: number; messages: number; first_seq: number; last_seq: number };
}

/**
 * Makes room in the record stream before it is full. Any number of replicas may do so at once: a purge names a sequence, and the second
 * one finds nothing below it.
 */
@Injectable()
export class TrimRecords implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #nats: NatsConnection;
  readonly #context: ServiceContext<CommonConfig & SinkConfig>;
  readonly #usage = gauge('trunkline_records_stream_usage_ratio', 'How full the record stream is, from 0 to 1.');
  readonly #unread = gauge('trunkline_records_unread_batches', 'Batches of the record stream that a durable consumer has not acknowledged.', ['consumer']);
  readonly #trimmed = counter('trunkline_records_trimmed_total', 'Batches removed from the record stream ahead of their age, all of them acknowledged by every durable consumer.');
  #loop: Loop | undefined;

  constructor(@Inject(NATS) nats: NatsConnection, @Inject(SERVICE_CONTEXT) context: ServiceContext<CommonConfig & SinkConfig>) {
    this.#nats = nats;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(this.#context.config.recordsTrimSeconds * 1_000, 'trimming of the record stream', this.#context.logger, () => this.#round());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }

  async #round(): Promise<void> {
    // First the stream, then its readers: what is published in between is above the sequence that counts.
    const stream = await this.#stream();
    const readers = stream === undefined ? undefined : await this.#readers();
    if (stream === undefined || readers === undefined) return;
    this.#usage.set(stream.maxBytes > 0 ? stream.bytes / stream.maxBytes : 0);
    this.#unread.reset();
    for (const { name, unseen, inHand } of readers) this.#unread.set({ consumer: name }, unseen + inHand);
    const keepFrom = planTrim(stream, readers, durableName(this.#context.name, recordBatches.subject), this.#context.config.recordsTrimPercent);
    if (keepFrom === null) return;
    const purged = (await this.#ask<{ purged: number }>(`STREAM.PURGE.${RECORDS.name}`, { seq: keepFrom }))?.purged ?? 0;
    if (purged === 0) return;
    this.#trimmed.inc(purged);
    this.#context.logger.info({ purged, keepFrom }, 'the record stream was trimmed: every durable consumer has acknowledged what went');
  }

  async #stream(): Promise<StreamState | undefined> {
    const info = await this.#ask<StreamInfo>(`STREAM.INFO.${RECORDS.name}`, {});
    if (info === undefined) return undefined;
    const { config, state } = info;
    return { bytes: state.bytes, maxBytes: config.max_bytes, messages: state.messages, firstSequence: state.first_seq, lastSequence: state.last_seq };
  }

  /** All pages of them, or undefined if one is missing: an unknown reader would be one whose batches are taken away. */
  async #readers(): Promise<Reader[] | undefined> {
    const readers: Reader[] = [];
    for (let offset = 0; ; ) {
      const page = await this.#ask<ConsumerPage>(`CONSUMER.LIST.${RECORDS.name}`, { offset });
      if (page === undefined) return undefined;
      const consumers = page.consumers ?? [];
      for (const { name, config, ack_floor: floor, num_pending: unseen, num_ack_pending: inHand } of consumers) {
        if (config.durable_name) readers.push({ name, ackFloor: floor.stream_seq, unseen, inHand });
      }
      offset += consumers.length;
      if (offset >= page.total) return readers;
      if (consumers.length === 0) return undefined;
    }
  }

  /** Undefined: NATS is away or refuses; the next round asks again. */
  async #ask<Answer>(call: string, body: object): Promise<Answer | undefined> {
    const answer = await this.#nats.request(`$JS.API.${call}`, JSON.stringify(body), { timeout: 5_000 }).catch(() => undefined);
    const json = answer?.json<Answer & { error?: { description: string } }>();
    if (json?.error !== undefined) this.#context.logger.warn({ call, reason: json.error.description }, 'JetStream refused');
    return json === undefined || json.error !== undefined ? undefined : json;
  }
}
