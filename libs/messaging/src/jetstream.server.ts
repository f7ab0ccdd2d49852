import { setTimeout as pause } from 'node:timers/promises';
import { jetstream, type ConsumerMessages, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { firstValueFrom, isObservable } from 'rxjs';
import { deadLetterType, replayHeader, type DeadLetter } from '@trunkline/contracts';
import { AppError, counter, runInTrace, type Logger } from '@trunkline/service';
import { JETSTREAM_TRANSPORT, type ConsumeOptions, type Delivery, type Settled } from './decorators.js';
import { deadSubject, durableName, streamOf } from './names.js';
import { provisionConsumer } from './provision.js';
import type { Publisher } from './publisher.js';
import { settle } from './settlement.js';

const decoder = new TextDecoder();
/** How long a message stays with a process that says nothing; then another replica gets it. */
const ackWaitMs = 12_000;
/** In base64, with its headers, it fits into a message of 1 MB; our own bodies are at most 512 KiB. */
const largestBody = 700_000;
/** How long one question for messages stands at the server. */
const pullMs = 10_000;
/** By how much a replica asks later for each message it is working on. */
const turnMs = 10;
const defaults = { concurrency: 8, maxDeliveries: 10, evenly: false } satisfies Required<ConsumeOptions>;

/**
 * Nest's edge for events, jobs and records: one durable pull consumer per handler, bounded concurrency, acknowledged after the
 * handler returned. A handler at work keeps its message by saying so every four seconds; if the process dies the message comes to
 * another replica after twelve.
 */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = JETSTREAM_TRANSPORT;
  readonly #nats: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #publisher: Publisher;
  readonly #service: string;
  readonly #logger: Logger;
  readonly #settled = counter('trunkline_messages_settled_total', 'Messages consumed, by what became of them.', ['consumer', 'settlement']);
  readonly #open = new Set<Promise<void>>();
  readonly #loops: Promise<void>[] = [];
  readonly #iterators = new Set<ConsumerMessages>();
  #stopping = false;

  constructor(parts: { nats: NatsConnection; manager: JetStreamManager; publisher: Publisher; service: string; logger: Logger }) {
    super();
    this.#nats = parts.nats;
    this.#manager = parts.manager;
    this.#publisher = parts.publisher;
    this.#service = parts.service;
    this.#logger = parts.logger;
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [subject, handler] of this.messageHandlers) this.#loops.push(this.#keepConsuming(subject, handler));
    callback();
  }

  /** Consumes until stopped. A lost server or a deleted consumer is met by setting up again. */
  async #keepConsuming(subject: string, handler: MessageHandler): Promise<void> {
    const durable = durableName(this.#service, subject);
    const options = { ...defaults, ...(handler.extras as ConsumeOptions | undefined) };
    while (!this.#stopping) {
      try {
        await this.#consume(subject, durable, handler, options);
      } catch (error) {
        if (!this.#stopping) this.#logger.warn({ error, consumer: durable }, 'consumer interrupted; setting it up again');
      }
      if (!this.#stopping) await pause(500);
    }
  }

  async #consume(subject: string, durable: string, handler: MessageHandler, options: Required<ConsumeOptions>): Promise<void> {
    const stream = streamOf(subject).name;
    await provisionConsumer(this.#manager, stream, { durable, subject, ackWaitMs, maxAckPending: Math.max(64, options.concurrency * 4) });
    const consumer = await jetstream(this.#nats).consumers.get(stream, durable);
    const own = new Set<Promise<void>>();
    const take = async (message: JsMsg): Promise<void> => {
      if (this.#stopping) return message.nak();
      const work = this.#handle(durable, handler, message, options.maxDeliveries);
      for (const set of [own, this.#open]) {
        set.add(work);
        void work.finally(() => set.delete(work));
      }
      if (own.size >= options.concurrency) await Promise.race(own);
    };
    if (!options.evenly) {
      await this.#each(await consumer.consume({ max_messages: options.concurrency, expires: pullMs, idle_heartbeat: 2_000, abort_on_missing_resource: true }), take);
      return;
    }
    while (!this.#stopping) {
      // Whoever has less to do asks first.
      await pause(own.size * turnMs);
      const asked = performance.now();
      const came = await this.#each(await consumer.fetch({ max_messages: 1, expires: pullMs }), take);
      // The consumer may be gone, or the server.
      if (came === 0 && !this.#stopping && performance.now() - asked < pullMs / 2) throw new Error('The server ended a question for messages before its time.');
    }
  }

  async #each(messages: ConsumerMessages, take: (message: JsMsg) => Promise<void>): Promise<number> {
    let came = 0;
    this.#iterators.add(messages);
    // Stopped while this question was on its way: nobody else would end it before its time.
    if (this.#stopping) messages.stop();
    try {
      for await (const message of messages) {
        came += 1;
        await take(message);
      }
    } finally {
      this.#iterators.delete(messages);
    }
    return came;
  }

  async #handle(durable: string, handler: MessageHandler, message: JsMsg, maxDeliveries: number): Promise<void> {
    const meant = message.headers?.get(replayHeader);
    if (meant && meant !== durable) return message.ack();
    const keep = setInterval(() => message.working(), ackWaitMs / 3);
    const delivery = describe(message);
    const { deliveryCount } = message.info;
    try {
      const result = await runInTrace({ requestId: delivery.id }, () => this.#run(handler, delivery));
      const settlement = settle(result.handled ? null : result.error, deliveryCount, maxDeliveries);
      if (!result.handled) {
        this.#logger.warn({ error: result.error, consumer: durable, messageId: delivery.id, attempt: deliveryCount, settlement: settlement.kind }, 'a message was not handled');
      }
      if (settlement.kind === 'ack') message.ack();
      else if (settlement.kind === 'again') message.nak(settlement.delayMs);
      else {
        await this.#bury(durable, message, delivery, settlement.reason);
        message.term(settlement.reason.slice(0, 200));
      }
      this.#settled.inc({ consumer: durable, settlement: settlement.kind });
    } catch (error) {
      // Settling itself failed (NATS away): nothing was acknowledged, so the message comes again.
      this.#logger.warn({ error, consumer: durable, messageId: delivery.id }, 'a message could not be settled; it will come again');
    } finally {
      clearInterval(keep);
    }
  }

  async #run(handler: MessageHandler, delivery: Delivery): Promise<Settled> {
    try {
      const result: unknown = await handler({ ...delivery, data: parse(delivery.data as Uint8Array) });
      return (isObservable(result) ? await firstValueFrom(result) : result) as Settled;
    } catch (error) {
      return { handled: false, error };
    }
  }

  /** Puts a message aside with its reason, durably, before it is taken off its consumer. */
  async #bury(durable: string, message: JsMsg, delivery: Delivery, reason: string): Promise<void> {
    this.#logger.error({ consumer: durable, messageId: delivery.id, reason }, 'dead letter');
    await this.#publisher.publish({
      id: `dead:${durable}:${message.info.streamSequence}`,
      subject: deadSubject(message.subject),
      type: deadLetterType,
      source: this.#service,
      time: new Date().toISOString(),
      data: {
        consumer: durable,
        subject: message.subject,
        id: delivery.id,
        streamSequence: message.info.streamSequence,
        attempts: message.info.deliveryCount,
        reason,
        headers: attributesOf(message),
        body: message.data.byteLength > largestBody ? null : Buffer.from(message.data).toString('base64'),
      } satisfies DeadLetter,
    });
  }

  async close(): Promise<void> {
    this.#stopping = true;
    for (const iterator of this.#iterators) iterator.stop();
    await Promise.allSettled(this.#open);
    await Promise.allSettled(this.#loops);
  }

  on(): never {
    throw new Error('JetStreamServer has no events');
  }

  unwrap<T>(): T {
    return this.#nats as T;
  }
}

function describe(message: JsMsg): Delivery {
  const id = message.headers?.get('ce-id') || message.headers?.get('Nats-Msg-Id') || `${message.info.stream}:${message.info.streamSequence}`;
  return { id, subject: message.subject, data: message.data, streamSequence: message.info.streamSequence, attempt: message.info.deliveryCount };
}

/** What is no JSON today will be none tomorrow: it is put aside at once, like what does not fit its contract. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    throw new AppError('VALIDATION', 'the body is not JSON');
  }
}

const attributesOf = (message: JsMsg): Record<string, string> =>
  Object.fromEntries((message.headers?.keys() ?? []).filter((name) => /^(ce-|content-type$)/i.test(name)).map((name) => [name, message.headers!.get(name)]));
