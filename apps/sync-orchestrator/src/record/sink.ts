import type { Untaken } from '@trunkline/connector-kit';
import type { EncodedBatch } from './encode-batches.js';

export type { Untaken };

/** Where the batches of one slice go: the record stream, or a connection. Opened for a slice, closed behind it. */
export interface Sink {
  /** Bytes a batch may have. */
  readonly largestBatch: number;
  /** Resolves when the batch is safe there: only then the checkpoint moves over its page. */
  write(batch: EncodedBatch): Promise<readonly Untaken[]>;
  /** Whatever became of the slice. Does not throw. */
  close(): Promise<void>;
}
