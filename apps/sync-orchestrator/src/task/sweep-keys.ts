import { Inject, Injectable } from '@nestjs/common';
import { SweepStore, type Sweeper } from '../checkpoint/sweep-store.js';
import type { Sweep } from '../checkpoint/key-set.js';
import { encodeBatches, positionOf, type BatchHead, type Numbering } from '../record/encode-batches.js';
import type { Sink } from '../record/sink.js';
import type { Cause } from './explain-failure.js';
import { judgeSweep } from './sweep-verdict.js';
import { TaskLost, type Claim } from './task.js';

/** Keys of one step. */
const stepKeys = 1_000;

export interface SweepParts {
  readonly head: BatchHead;
  readonly sink: Sink;
  /** The pass may have left out rows that are there. */
  readonly maySkip: boolean;
  check(): Promise<void>;
  enough(): boolean;
}

export type SweepEnd = { readonly end: 'more' } | { readonly end: 'done'; readonly warning: Cause | null };

/**
 * Deletes what a complete pass did not bring, step by step: the deletions are published and acknowledged, then their keys are forgotten and
 * the checkpoint moves behind them. A step that is made twice says the same twice, under a newer generation.
 */
@Injectable()
export class SweepKeys {
  readonly #store: SweepStore;

  constructor(@Inject(SweepStore) store: SweepStore) {
    this.#store = store;
  }

  async sweep(claim: Claim & { readonly sweep: Sweep }, parts: SweepParts): Promise<SweepEnd> {
    // The mode was changed meanwhile: there is nothing to conclude from.
    if (claim.keys === null) return { end: 'done', warning: null };
    const sweeper: Sweeper = { ...claim, keys: claim.keys };
    const begun = claim.sweep.phase === 'due' ? await this.#begin(sweeper, parts.maySkip) : claim.sweep;
    if (!('phase' in begun)) return { end: 'done', warning: begun.warning };
    if (!(await this.#deleteAll(sweeper, begun, parts))) return { end: 'more' };
    // The warning outlives a crash between here and the end of the task: the phase stays until the task is over.
    return { end: 'done', warning: withheldCause(begun.withheld) };
  }

  async #begin(claim: Sweeper, maySkip: boolean): Promise<Extract<Sweep, { phase: 'sweeping' }> | { readonly warning: Cause | null }> {
    const { before, withheldPass, withheld } = judgeSweep({ ...(await this.#store.count(claim)), maySkip }, claim.minKeepRatio);
    const sweep: Sweep = before === null ? { phase: 'due' } : { phase: 'sweeping', before, after: '', withheld };
    if (!(await this.#store.settle(claim, sweep, withheldPass, before === null && withheld === 0))) throw new TaskLost();
    return sweep.phase === 'due' ? { warning: withheldCause(withheld) } : sweep;
  }

  /** @returns false when it was enough for now */
  async #deleteAll(claim: Sweeper, begun: Extract<Sweep, { phase: 'sweeping' }>, { head, sink, check, enough }: SweepParts): Promise<boolean> {
    let numbering: Numbering = { place: 0, sequence: 0 };
    for (let sweep = begun; ; ) {
      await check();
      const gone = await this.#store.gone(claim, sweep.before, sweep.after, stepKeys);
      if (gone.length === 0) return true;
      const records = gone.map(({ key }) => ({ op: 'delete' as const, key, data: null }));
      const encoded = encodeBatches(head, records, numbering, sink.largestBatch);
      numbering = encoded.next;
      const untaken = await Promise.all(encoded.batches.map(async (batch) => (await sink.write(batch)).map(({ index, reason }) => ({ page: claim.pages + 1, position: positionOf(encoded, batch, index), reason }))));
      const putAside = untaken.flat();
      const next = { ...sweep, after: gone.at(-1)!.digest };
      if (!(await this.#store.forget(claim, next, sweep.after, encoded.deleted - putAside.length, putAside))) throw new TaskLost();
      sweep = next;
      if (gone.length === stepKeys && enough()) return false;
    }
  }
}

const withheldCause = (withheld: number): Cause | null =>
  withheld === 0
    ? null
    : {
        code: 'deletions_withheld',
        message: `${withheld} records that were known did not come any more, which is more than can be believed at once. Nothing of them was deleted; if the next complete reading does not bring them either, they are.`,
      };
