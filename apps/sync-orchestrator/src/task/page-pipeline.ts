import type { ReadPage } from '@trunkline/connector-kit';
import type { CheckpointStore, Progress, Quarantined } from '../checkpoint/checkpoint-store.js';
import { encodeBatches, hasRoom, type BatchHead, type EncodedBatch, type EncodedPage, type Numbering } from '../record/encode-batches.js';
import { TaskLost, type Claim } from './task.js';

/** What the pipeline needs of a page. */
export type Page = Pick<ReadPage, 'records' | 'state' | 'done' | 'quarantined'>;

export interface PipelineParts {
  readonly claim: Claim;
  readonly head: BatchHead;
  /** Pages in flight at most. */
  readonly depth: number;
  readonly largestBatch: number;
  /** Resolves when the batch is stored. */
  publish(batch: EncodedBatch): Promise<void>;
  readonly checkpoints: CheckpointStore;
  /** Told of every move of the checkpoint. */
  moved(progress: Progress): void;
}

interface InFlight {
  readonly progress: Progress;
  readonly stored: Promise<unknown>;
  isStored: boolean;
}

/**
 * Several pages on their way into the record stream at once, and one checkpoint behind them that moves strictly in order: over a
 * page only when all of its batches, and all pages before it, are acknowledged. Pages that are through together share one move.
 * So a crash at any moment costs at most a second reading of what was in flight.
 */
export class PagePipeline {
  readonly #parts: PipelineParts;
  readonly #inFlight: InFlight[] = [];
  #numbering: Numbering = { place: 0, sequence: 0 };
  #pages: number;
  #version: number;
  readonly #failed: (error: unknown) => void;
  #moving: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;
  #wake: () => void = () => undefined;

  /** @param failed told at once what stopped the pipeline: whoever feeds it may be waiting for a page */
  constructor(parts: PipelineParts, failed: (error: unknown) => void = () => undefined) {
    this.#parts = parts;
    this.#failed = failed;
    this.#version = parts.claim.checkpoint.version;
    this.#pages = parts.claim.pages;
  }

  /** False if this generation cannot number another page of that size. */
  hasRoomFor(page: Page): boolean {
    return hasRoom(this.#numbering, page.records.length);
  }

  /** Takes a page in; waits while the pipeline is full. @throws what stopped the pipeline: {@link TaskLost}, or why publishing failed */
  async take(page: Page): Promise<void> {
    this.#throwIfFailed();
    const { head, largestBatch, publish } = this.#parts;
    const encoded = encodeBatches(head, page.records, this.#numbering, largestBatch);
    this.#numbering = encoded.next;
    this.#pages += 1;
    const entry: InFlight = {
      progress: {
        state: page.state,
        sequence: encoded.next.sequence,
        pages: 1,
        upserted: encoded.upserted,
        deleted: encoded.deleted,
        quarantined: putAside(page, encoded, this.#pages),
        done: page.done,
      },
      stored: Promise.all(encoded.batches.map((batch) => publish(batch))),
      isStored: false,
    };
    entry.stored.then(
      () => (entry.isStored = true),
      () => undefined,
    );
    this.#inFlight.push(entry);
    this.#moving ??= this.#moveAll();
    while (this.#inFlight.length >= this.#parts.depth && this.#failure === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#throwIfFailed();
  }

  /** Waits until everything taken in is checkpointed. */
  async drain(): Promise<void> {
    await this.#moving;
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #moveAll(): Promise<void> {
    try {
      for (let oldest = this.#inFlight[0]; oldest !== undefined; oldest = this.#inFlight[0]) {
        await oldest.stored;
        oldest.isStored = true;
        const waiting = this.#inFlight.findIndex(({ isStored }) => !isStored);
        const through = this.#inFlight.slice(0, waiting === -1 ? undefined : waiting);
        await this.#move(together(through.map(({ progress }) => progress)));
        this.#inFlight.splice(0, through.length);
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#failed(error);
    }
    this.#moving = undefined;
    this.#wake();
  }

  async #move(progress: Progress): Promise<void> {
    const version = await this.#parts.checkpoints.move(this.#parts.claim, this.#version, progress);
    if (version === null) throw new TaskLost();
    this.#version = version;
    this.#parts.moved(progress);
  }
}

/** What the reader and what the batches could not take. Places are counted in the page as read; a refused record stands among the good ones. */
function putAside(page: Page, encoded: EncodedPage, number: number): Quarantined[] {
  return [
    ...page.quarantined.map(({ index, reason }) => ({ page: number, position: index, reason })),
    ...encoded.refused.map(({ position, reason }) => ({ page: number, position, reason })),
  ];
}

/** Several pages as one step: the last one's place, everyone's counts. */
function together(pages: readonly Progress[]): Progress {
  return pages.reduce((sum, page) => ({
    state: page.state,
    sequence: page.sequence,
    pages: sum.pages + page.pages,
    upserted: sum.upserted + page.upserted,
    deleted: sum.deleted + page.deleted,
    quarantined: [...sum.quarantined, ...page.quarantined],
    done: page.done,
  }));
}
