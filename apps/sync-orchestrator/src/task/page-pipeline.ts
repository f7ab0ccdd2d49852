import type { ReadPage } from '@trunkline/connector-kit';
import type { CheckpointStore, Progress, Quarantined } from '../checkpoint/checkpoint-store.js';
import { encodeBatches, hasRoom, positionOf, type BatchHead, type EncodedBatch, type EncodedPage, type Numbering } from '../record/encode-batches.js';
import type { Untaken } from '../record/sink.js';
import { TaskLost, type Claim } from './task.js';

/** What the pipeline needs of a page. */
export type Page = Pick<ReadPage, 'records' | 'state' | 'done' | 'complete' | 'quarantined'>;

export interface PipelineParts {
  readonly claim: Claim;
  readonly head: BatchHead;
  /** Pages in flight at most. */
  readonly depth: number;
  readonly largestBatch: number;
  /** Resolves when the batch is where it goes, with what was not taken there (a {@link Sink}'s `write`). */
  publish(batch: EncodedBatch): Promise<readonly Untaken[] | void>;
  readonly checkpoints: CheckpointStore;
  /** Told of every move of the checkpoint. */
  moved(progress: Progress): void;
}

interface InFlight {
  progress: Progress;
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
    const number = this.#pages;
    const entry: InFlight = {
      progress: {
        state: page.state,
        sequence: encoded.next.sequence,
        pages: 1,
        upserted: encoded.upserted,
        deleted: encoded.deleted,
        quarantined: putAside(page, encoded, number),
        done: page.done,
        keys: this.#parts.claim.keys === null ? null : keysOf(page.records),
        sweepDue: this.#parts.claim.keys !== null && page.complete,
      },
      stored: Promise.all(
        encoded.batches.map(async (batch) => {
          const untaken = await publish(batch);
          if (untaken !== undefined && untaken.length > 0) entry.progress = without(entry.progress, page, number, untaken.map(({ index, reason }) => ({ position: positionOf(encoded, batch, index), reason })));
        }),
      ),
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

/** The page's progress less records that were not taken where they went: they are put aside. */
function without(progress: Progress, page: Page, number: number, untaken: readonly { position: number; reason: string }[]): Progress {
  const deleted = untaken.filter(({ position }) => page.records[position]?.op === 'delete').length;
  return {
    ...progress,
    upserted: progress.upserted - (untaken.length - deleted),
    deleted: progress.deleted - deleted,
    quarantined: [...progress.quarantined, ...untaken.map(({ position, reason }) => ({ page: number, position, reason }))],
  };
}

/** What the records say of their keys; of several with one key the last. */
function keysOf(records: Page['records']): Progress['keys'] {
  const isLive = new Map(records.map(({ key, op }) => [key, op === 'upsert']));
  const live: string[] = [];
  const gone: string[] = [];
  for (const [key, is] of isLive) (is ? live : gone).push(key);
  return { live, gone };
}

/** The keys of two steps as one; of several with one key the last. */
function allKeys(one: Progress['keys'], next: Progress['keys']): Progress['keys'] {
  if (one === null || next === null) return next;
  const isLive = new Map<string, boolean>();
  for (const { live, gone } of [one, next]) {
    for (const key of live) isLive.set(key, true);
    for (const key of gone) isLive.set(key, false);
  }
  return { live: [...isLive].flatMap(([key, is]) => (is ? [key] : [])), gone: [...isLive].flatMap(([key, is]) => (is ? [] : [key])) };
}

/** Several pages as one step: the last one's place, everyone's counts. */
function together(pages: readonly Progress[]): Progress {
  return pages.reduce((sum, page) => ({
    keys: allKeys(sum.keys, page.keys),
    sweepDue: page.sweepDue,
    state: page.state,
    sequence: page.sequence,
    pages: sum.pages + page.pages,
    upserted: sum.upserted + page.upserted,
    deleted: sum.deleted + page.deleted,
    quarantined: [...sum.quarantined, ...page.quarantined],
    done: page.done,
  }));
}
