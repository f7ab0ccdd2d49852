import type { Claim } from '../task/task.js';

/** What became durable since the last move: pages whose every batch the record stream has acknowledged. */
export interface Progress {
  /** Where to read on. */
  readonly state: unknown;
  /** Number of the newest batch of this generation. */
  readonly sequence: number;
  readonly pages: number;
  readonly upserted: number;
  readonly deleted: number;
  readonly quarantined: readonly Quarantined[];
  /** The last of these pages was the last one of the stream. */
  readonly done: boolean;
  /** Of a stream whose keys are kept: those that are there and those that are not, as the pages say. */
  readonly keys: { readonly live: readonly string[]; readonly gone: readonly string[] } | null;
  /** The pass was a complete one: what it did not bring is to be deleted before the stream is through. */
  readonly sweepDue: boolean;
}

/** A record that cannot be published. The record itself is not kept: it may hold anything. */
export interface Quarantined {
  readonly reason: string;
  /** Number of the page within the run, from 1. */
  readonly page: number;
  /** Place of the record in its page, from 0. */
  readonly position: number;
}

/** Injection token of the {@link CheckpointStore}. */
export const CheckpointStore = Symbol('CheckpointStore');

/** How far each stream of each flow has durably been read. */
export interface CheckpointStore {
  /**
   * Moves the checkpoint, counts, quarantines and renews the lease, all or nothing, if the task is still held under the claim's
   * generation and nobody has moved the checkpoint since `version`.
   *
   * @returns the new version; null if the task is somebody else's by now or over: nothing was written
   */
  move(claim: Claim, version: number, progress: Progress): Promise<number | null>;
}
