import { maxBatchBytes, type SourceRecord } from '@trunkline/contracts';
import { ProviderError, type Writer } from '@trunkline/connector-kit';
import type { EncodedBatch } from '../record/encode-batches.js';
import type { Sink, Untaken } from '../record/sink.js';
import { callOf, succeeded, type SliceCall } from '../task/call-outcome.js';
import { DestinationFailure } from './destination-failure.js';
import { explainDestination, type Named } from './explain-destination.js';

export interface SinkParts {
  readonly writer: Writer;
  readonly destination: Named;
  readonly generation: number;
  readonly signal: AbortSignal;
  /** Asked before every batch. @throws when the task is not ours any more */
  check(): Promise<void>;
  /** What the slice says of the destination's connection. Does not throw. */
  tell(call: SliceCall): Promise<void>;
}

/**
 * A connection as the place batches go. One after another, in the order they were given: of two records with one key the newer one is written
 * last. Behind a batch that failed none is written.
 */
export class DestinationSink implements Sink {
  readonly largestBatch = maxBatchBytes;
  readonly #parts: SinkParts;
  #last: Promise<unknown> = Promise.resolve();
  #call: SliceCall | null = null;

  constructor(parts: SinkParts) {
    this.#parts = parts;
  }

  write(batch: EncodedBatch): Promise<readonly Untaken[]> {
    const turn = this.#last.then(() => this.#write(batch));
    this.#last = turn;
    turn.catch(() => undefined);
    return turn;
  }

  async #write({ sequence, body }: EncodedBatch): Promise<readonly Untaken[]> {
    const { writer, generation, signal, check, destination } = this.#parts;
    signal.throwIfAborted();
    await check();
    const { records } = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as { records: SourceRecord[] };
    try {
      const untaken = await writer.write({ generation, sequence, records });
      this.#call ??= succeeded;
      return untaken;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProviderError) this.#call = callOf(error);
      throw new DestinationFailure(explainDestination(error, destination), error);
    }
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#parts.writer.close();
    if (this.#call !== null) await this.#parts.tell(this.#call);
  }
}
