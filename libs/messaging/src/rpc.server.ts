import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { firstValueFrom, isObservable } from 'rxjs';
import { AppError, histogram, runInTrace, type Logger } from '@trunkline/service';
import { logThrown, RPC_TRANSPORT, type RpcAnswer } from './decorators.js';
import { rpcQueue } from './names.js';
import { Outgoing } from './outgoing.js';
import { requestIdHeader } from './trace-headers.js';

const decoder = new TextDecoder();
/** Beyond this many open requests a replica says so at once instead of growing a queue nobody waits for any more. */
const maxOpenRequests = 2_000;

/**
 * Nest's RPC edge over NATS request/reply. Unlike Nest's own transport it shares the service's one connection, knows our envelope,
 * and on stop first leaves the queue group, then finishes what it has begun.
 */
export class RpcServer extends Server implements CustomTransportStrategy {
  override readonly transportId = RPC_TRANSPORT;
  readonly #nats: NatsConnection;
  readonly #outgoing: Outgoing;
  readonly #service: string;
  readonly #logger: Logger;
  readonly #open = new Set<Promise<void>>();
  readonly #durations = histogram('trunkline_rpc_server_seconds', 'How long answering a request took.', ['subject', 'outcome']);
  #subscriptions: Subscription[] = [];

  constructor(nats: NatsConnection, service: string, logger: Logger) {
    super();
    this.#nats = nats;
    this.#outgoing = new Outgoing(nats);
    this.#service = service;
    this.#logger = logger;
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [subject, handler] of this.messageHandlers) {
      this.#subscriptions.push(
        this.#nats.subscribe(subject, {
          queue: rpcQueue(this.#service),
          callback: (error, message) => {
            if (error !== null) return this.#logger.error({ error, subject }, 'subscription failed');
            this.#accept(subject, handler, message);
          },
        }),
      );
    }
    // The server must know our subscriptions before the service says it has started.
    this.#nats.flush().then(() => callback(), callback);
  }

  #accept(subject: string, handler: MessageHandler, message: Msg): void {
    if (this.#open.size >= maxOpenRequests) {
      this.#respond(message, { ok: false, error: new AppError('SERVICE_UNAVAILABLE', 'Too many requests at once. Try again in a moment.').toWire() });
      return;
    }
    const requestId = message.headers?.get(requestIdHeader);
    const work = requestId === undefined || requestId === '' ? this.#answer(subject, handler, message) : runInTrace({ requestId }, () => this.#answer(subject, handler, message));
    this.#open.add(work);
    void work.finally(() => this.#open.delete(work));
  }

  async #answer(subject: string, handler: MessageHandler, message: Msg): Promise<void> {
    const started = performance.now();
    let answer: RpcAnswer;
    try {
      const result: unknown = await handler(JSON.parse(decoder.decode(message.data)));
      answer = (isObservable(result) ? await firstValueFrom(result) : result) as RpcAnswer;
    } catch (thrown) {
      answer = { ok: false, error: { code: 'INTERNAL', params: { message: 'Something went wrong on our side.' } }, thrown };
    }
    this.#durations.observe({ subject, outcome: answer.ok ? 'ok' : answer.error.code }, (performance.now() - started) / 1_000);
    logThrown(this.#logger, subject, answer);
    this.#respond(message, answer.ok ? answer : { ok: false, error: answer.error });
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
    await Promise.allSettled(this.#open);
    this.#outgoing.flush();
  }

  #respond({ reply }: Msg, answer: RpcAnswer): void {
    if (reply === undefined || reply === '') return;
    this.#outgoing.publish(reply, JSON.stringify(answer), undefined, () => {
      // The connection is closed: the caller meets its own deadline. Replies too large are refused here as well.
      const failure = { ok: false, error: { code: 'INTERNAL', params: { message: 'The answer could not be sent.' } } };
      this.#outgoing.publish(reply, JSON.stringify(failure), undefined, () => undefined);
    });
  }

  on(): never {
    throw new Error('RpcServer has no events');
  }

  unwrap<T>(): T {
    return this.#nats as T;
  }
}
