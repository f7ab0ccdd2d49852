import type { z } from 'zod';
import type { ErrorCode } from '../errors.js';

/** The services that speak to each other. The name is also the NATS user, the queue group and the process name. */
export const serviceNames = [
  'gateway',
  'connector-registry',
  'oauth-broker',
  'token-refresher',
  'sync-orchestrator',
  'analytics-sink',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A request and its reply. `server` answers, `callers` may ask: NATS permissions are made from both. */
export interface RpcContract<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly kind: 'rpc';
  readonly subject: string;
  readonly server: ServiceName;
  readonly callers: readonly ServiceName[];
  readonly request: Request;
  readonly reply: Reply;
  /** The codes a caller should be ready for, besides VALIDATION, INTERNAL and SERVICE_UNAVAILABLE. */
  readonly errors: readonly ErrorCode[];
  /** How long the caller waits, in milliseconds. */
  readonly deadlineMs: number;
}

/** A fact, told once to whoever listens: ids and facts, never secrets, never entities. */
export interface EventContract<Data extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  /** `evt.<noun>.<past participle>.v1`: the subject and the CloudEvents type. */
  readonly subject: string;
  /** Who tells it; mostly one service. */
  readonly producers: readonly ServiceName[];
  readonly consumers: readonly ServiceName[];
  /** Each replica of the consumers hears it for what it holds in memory, if it is there; nobody consumes it durably. */
  readonly everyReplica?: boolean;
  readonly data: Data;
}

/** A nudge to work on a row. The row is the truth; a job that comes twice or late changes nothing. */
export interface JobContract<Data extends z.ZodType = z.ZodType> {
  readonly kind: 'job';
  /** Subject prefix; the key of the job is appended as the last token. */
  readonly subject: string;
  readonly worker: ServiceName;
  readonly data: Data;
}

/** Records read from providers, as batches: many producers' subjects under one prefix. */
export interface RecordsContract<Data extends z.ZodType = z.ZodType> {
  readonly kind: 'records';
  readonly subject: string;
  readonly data: Data;
}

const defaultDeadlineMs = 5_000;

export function defineRpc<Request extends z.ZodType, Reply extends z.ZodType>(
  subject: `rpc.${string}.${string}`,
  contract: {
    server: ServiceName;
    callers: readonly ServiceName[];
    request: Request;
    reply: Reply;
    errors?: readonly ErrorCode[];
    deadlineMs?: number;
  },
): RpcContract<Request, Reply> {
  return { kind: 'rpc', subject, errors: [], deadlineMs: defaultDeadlineMs, ...contract };
}

export function defineEvent<Data extends z.ZodType>(
  subject: `evt.${string}.${string}.v${number}`,
  contract: { producers: readonly ServiceName[]; consumers: readonly ServiceName[]; everyReplica?: boolean; data: Data },
): EventContract<Data> {
  return { kind: 'event', subject, ...contract };
}

export function defineJob<Data extends z.ZodType>(
  subject: `job.${string}`,
  contract: { worker: ServiceName; data: Data },
): JobContract<Data> {
  return { kind: 'job', subject, ...contract };
}

/** What a caller passes in. */
export type RequestOf<Contract extends RpcContract> = z.output<Contract['request']>;
/** What a caller gets back. */
export type ReplyOf<Contract extends RpcContract> = z.output<Contract['reply']>;
export type DataOf<Contract extends EventContract | JobContract | RecordsContract> = z.output<Contract['data']>;
