import { MessagePattern } from '@nestjs/microservices';
import { z } from 'zod';
import type { DataOf, EventContract, JobContract, RecordsContract, ReplyOf, RequestOf, RpcContract, WireError } from '@trunkline/contracts';
import { AppError, type Logger } from '@trunkline/service';
import { invalid } from './rpc-client.js';
import { isOutage } from './settlement.js';

export const RPC_TRANSPORT = Symbol('RPC_TRANSPORT');
export const JETSTREAM_TRANSPORT = Symbol('JETSTREAM_TRANSPORT');

/** What an RPC handler's wrapper gives back to the server: never a rejection, so Nest's own error handling has nothing to do. */
export type RpcAnswer = { ok: true; reply: unknown } | { ok: false; error: WireError; thrown?: unknown };

/** A message as a consumer sees it. */
export interface Delivery<Data = unknown> {
  /** The CloudEvents id (or the job's message id): the same at every redelivery. */
  readonly id: string;
  readonly subject: string;
  readonly data: Data;
  /** Place in the stream. */
  readonly streamSequence: number;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

export type Settled = { handled: true } | { handled: false; error: unknown };

export interface ConsumeOptions {
  /** Messages worked on at once per replica (default 8). */
  concurrency?: number;
  /** Deliveries after which a message that keeps failing is put aside as a dead letter (default 10). */
  maxDeliveries?: number;
  /**
   * Asks for one message at a time, and only with a hand free, instead of keeping a few in reserve (default false). For long work: replicas
   * take turns, and a busy one holds back nothing that an idle one could do.
   */
  evenly?: boolean;
}

type Method<Argument, Result> = TypedPropertyDescriptor<(argument: Argument) => Promise<Result>>;

/**
 * Marks the method that answers a contract. The request is validated before the method runs, the reply before it leaves; an
 * {@link AppError} reaches the caller as it is, anything else as INTERNAL with nothing of its text.
 */
export function Rpc<Contract extends RpcContract>(contract: Contract) {
  return (target: object, key: string | symbol, descriptor: Method<RequestOf<Contract>, ReplyOf<Contract>>): void => {
    const method = descriptor.value;
    if (method === undefined) return;
    const wrapped = async function answer(this: unknown, payload: unknown): Promise<RpcAnswer> {
      try {
        const request = contract.request.safeDecode(payload as never);
        if (!request.success) throw invalid(request.error);
        const reply = await method.call(this, request.data as RequestOf<Contract>);
        return { ok: true, reply: z.encode(contract.reply, reply as never) };
      } catch (error) {
        if (error instanceof AppError) return { ok: false, error: error.toWire(), ...(error.code === 'INTERNAL' ? { thrown: error } : {}) };
        // A database that is away is nobody's fault: the caller is told to ask again, and the log says why.
        if (isOutage(error)) return { ok: false, error: new AppError('SERVICE_UNAVAILABLE', 'A part of the platform cannot be reached just now. Try again in a moment.').toWire(), thrown: error };
        return { ok: false, error: { code: 'INTERNAL', params: { message: 'Something went wrong on our side.' } }, thrown: error };
      }
    };
    descriptor.value = wrapped as never;
    (MessagePattern(contract.subject, RPC_TRANSPORT) as MethodDecorator)(target, key, descriptor as never);
  };
}

/**
 * Marks the method that consumes an event, a job or the records: one durable consumer per service and subject. Returning means
 * acknowledged; throwing means again later, with growing pauses, and after `maxDeliveries` a dead letter.
 */
export function Consume<Contract extends EventContract | JobContract | RecordsContract>(contract: Contract, options: ConsumeOptions = {}) {
  type Data = DataOf<Contract>;
  const subject = contract.kind === 'job' ? `${contract.subject}.>` : contract.subject;
  return (target: object, key: string | symbol, descriptor: Method<Delivery<Data>, void>): void => {
    const method = descriptor.value;
    if (method === undefined) return;
    const wrapped = async function settle(this: unknown, delivery: Delivery): Promise<Settled> {
      try {
        const data = contract.data.safeParse(delivery.data);
        if (!data.success) throw invalid(data.error);
        await method.call(this, { ...delivery, data: data.data as Data });
        return { handled: true };
      } catch (error) {
        return { handled: false, error };
      }
    };
    descriptor.value = wrapped as never;
    (MessagePattern(subject, JETSTREAM_TRANSPORT, options) as MethodDecorator)(target, key, descriptor as never);
  };
}

/** Writes what the caller must not see. */
export function logThrown(logger: Logger, subject: string, answer: RpcAnswer): void {
  if (!answer.ok && answer.thrown !== undefined) logger.error({ error: answer.thrown, subject }, 'a request failed');
}
