import type { SourceRecord, WriteTarget } from '@trunkline/contracts';
import type { Requester } from '../answer/ask-provider.js';
import type { Budget } from '../budget/budget.js';
import type { Credential } from '../credential.js';
import type { BoundConnector, Target } from '../render/bind-connector.js';
import type { ServerAccess } from '../read/server.js';

/** Records to be written, in the order of their versions. A repeat of a batch has the same place, and the same records. */
export interface WriteBatch {
  readonly generation: number;
  readonly sequence: number;
  readonly records: readonly SourceRecord[];
}

/** A record the destination does not take, by its place in the batch. The others were written. */
export interface Untaken {
  readonly index: number;
  readonly reason: string;
}

/** Writes one stream into one connection. Batches one after another: an order among records of one key is kept that way. */
export interface Writer {
  /**
   * Resolves when every record is there or told to be untaken. Short trouble is waited out here, as when reading.
   *
   * @throws ProviderError where the trouble is not a single record's; then any part of the batch may be there, and it is to be written again
   */
  write(batch: WriteBatch): Promise<Untaken[]>;
  close(): Promise<void>;
}

export interface WriterOptions extends Target {
  /** `connect` is needed for destinations that are not written by HTTP. */
  readonly egress: Requester & Partial<ServerAccess>;
  readonly target: WriteTarget;
  /** Name of the stream, and of the flow: together with a record they make the idempotency key. */
  readonly stream: string;
  readonly flowId: string;
  /** Asked before every request, so that a token renewed meanwhile is used; keep it cheap. */
  readonly credential: () => Promise<Credential>;
  /** The credential was refused: asks for a newer one. False if there is none. */
  readonly renew: () => Promise<boolean>;
  /** Ends writing at once, with the signal's reason. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  /** What may be spent on this connection's account, shared with all who call it. */
  readonly budget?: Budget;
}

/** What all writers work with. */
export type WriteEnvironment = Omit<WriterOptions, 'connector' | 'inputs' | 'settings' | 'target'> & { readonly bound: BoundConnector };

export type TargetOf<Kind extends WriteTarget['kind']> = Extract<WriteTarget, { kind: Kind }>;
