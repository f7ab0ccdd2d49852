import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { z } from 'zod';
import type { ReplyOf, RequestOf, RpcContract } from '@trunkline/contracts';
import { wireError } from '@trunkline/contracts';
import { AppError, currentTrace, histogram } from '@trunkline/service';
import { Outgoing } from './outgoing.js';
import { traceHeaders } from './trace-headers.js';

interface Waiting {
  resolve(message: Msg): void;
  reject(error: AppError): void;
  timer: NodeJS.Timeout;
}

const decoder = new TextDecoder();
/** No one answers the subject just now: nothing was delivered, so asking again is safe. Covers a service being restarted. */
const noResponderPauseMs = 100;
const noResponderPatienceMs = 2_000;

/** The server's status message when a subject has no subscriber: header only, code 503. */
const nobodyAnswers = (message: Msg): boolean => message.data.length === 0 && message.headers?.code === 503;

/**
 * Asks other services. Request and reply are checked against the contract on this side too; an error comes back as the
 * {@link AppError} it was thrown as.
 *
 * All replies come to one subscription (`<inbox>.<number>`): several times faster than a subscription or an iterator per request.
 */
export class RpcClient {
  readonly #outgoing: Outgoing;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #waiting = new Map<string, Waiting>();
  readonly #durations = histogram('trunkline_rpc_client_seconds', 'How long a request to another service took.', ['subject', 'outcome']);
  #next = 0;

  constructor(nats: NatsConnection, inboxPrefix: string) {
    this.#outgoing = new Outgoing(nats);
    this.#inbox = createInbox(inboxPrefix);
    const skip = this.#inbox.length + 1;
    this.#subscription = nats.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error !== null) return;
        const number = message.subject.slice(skip);
        const waiting = this.#waiting.get(number);
        if (waiting === undefined) return;
        this.#waiting.delete(number);
        clearTimeout(waiting.timer);
        waiting.resolve(message);
      },
    });
  }

  /**
   * @throws AppError VALIDATION if the request does not fit the contract, SERVICE_UNAVAILABLE if nobody answers in time,
   * or whatever the other side threw
   */
  async call<Contract extends RpcContract>(contract: Contract, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
    const started = performance.now();
    let outcome = 'error';
    try {
      const reply = await this.#exchange(contract, request, started + contract.deadlineMs);
      outcome = 'ok';
      return reply;
    } catch (error) {
      if (error instanceof AppError) outcome = error.code;
      throw error;
    } finally {
      this.#durations.observe({ subject: contract.subject, outcome }, (performance.now() - started) / 1_000);
    }
  }

  async #exchange<Contract extends RpcContract>(contract: Contract, request: RequestOf<Contract>, deadline: number): Promise<ReplyOf<Contract>> {
    const payload = JSON.stringify(encodeRequest(contract, request));
    const patience = Math.min(deadline, performance.now() + noResponderPatienceMs);
    for (;;) {
      const message = await this.#ask(contract.subject, payload, deadline - performance.now());
      if (!nobodyAnswers(message)) return decodeReply(contract, message);
      if (performance.now() + noResponderPauseMs > patience) throw unavailable(contract.subject);
      await new Promise((resolve) => setTimeout(resolve, noResponderPauseMs));
    }
  }

  #ask(subject: string, payload: string, timeoutMs: number): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const number = String((this.#next += 1));
      const timer = setTimeout(() => {
        this.#waiting.delete(number);
        reject(unavailable(subject));
      }, timeoutMs);
      this.#waiting.set(number, { resolve, reject, timer });
      const trace = currentTrace();
      this.#outgoing.publish(subject, payload, { reply: `${this.#inbox}.${number}`, ...(trace === undefined ? {} : { headers: traceHeaders(trace) }) }, (cause) => {
        this.#waiting.delete(number);
        clearTimeout(timer);
        reject(unavailable(subject, cause));
      });
    });
  }

  /** Refuses what is still waiting and listens no longer. */
  close(): void {
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(new AppError('SERVICE_UNAVAILABLE', 'The service is stopping. Try again.'));
    }
    this.#waiting.clear();
    this.#subscription.unsubscribe();
  }
}

function unavailable(subject: string, cause?: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'A part of the platform did not answer in time. Try again in a moment.', { cause: cause ?? new Error(`no answer on ${subject}`) });
}

function encodeRequest(contract: RpcContract, request: unknown): unknown {
  const encoded = z.safeEncode(contract.request, request as never);
  if (encoded.success) return encoded.data;
  throw invalid(encoded.error);
}

/** What stands in the place of a reply; a reply itself is checked by its contract. */
const refusal = z.object({ ok: z.literal(false), error: wireError });

function decodeReply<Contract extends RpcContract>(contract: Contract, message: Msg): ReplyOf<Contract> {
  let failure: unknown;
  try {
    const answer = JSON.parse(decoder.decode(message.data)) as { readonly ok?: unknown; readonly reply?: unknown };
    if (answer.ok !== true) throw AppError.fromWire(refusal.parse(answer).error);
    const reply = contract.reply.safeDecode(answer.reply as never);
    if (reply.success) return reply.data as ReplyOf<Contract>;
    failure = reply.error;
  } catch (error) {
    if (error instanceof AppError) throw error;
    failure = error;
  }
  throw new AppError('INTERNAL', 'A part of the platform gave an answer that breaks its contract.', { cause: failure });
}

/** A validation failure in words: where, and what was wrong; never the value. */
export function invalid(error: z.ZodError): AppError {
  const issues = error.issues.slice(0, 10).map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const message = issues.map(({ path, message: what }) => (path === '' ? what : `${path}: ${what}`)).join('; ');
  return new AppError('VALIDATION', message, { params: { issues } });
}
