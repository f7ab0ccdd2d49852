import type { TaskStatus } from '@trunkline/contracts';
import type { KeySet, Sweep } from '../checkpoint/key-set.js';

/**
 * Where a task may go from where it is. `running` from its first claim to its end, also between slices and while it waits to be
 * tried again: what it waits for is in `not_before`, who works on it in `lease_owner`.
 */
export const taskTransitions: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** A worker's hold on a task: the row says so only as long as its fence is this generation. */
export interface Claim {
  readonly taskId: string;
  readonly runId: string;
  readonly flowId: string;
  readonly projectId: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly stream: string;
  /** Grows with every claim of (flow, stream): fence of every write, and the upper part of every record's version. */
  readonly generation: number;
  /** Where to read on, and the number the next move of the checkpoint must find. */
  readonly checkpoint: { readonly state: unknown; readonly version: number };
  /** The last page of this run is through: nothing is left but to say so. */
  readonly readToEnd: boolean;
  /** Pages of this run that are through already. */
  readonly pages: number;
  /** Failures in a row without progress so far. */
  readonly attempts: number;
  /** Members of a record that are passed on, besides those its key and its place need; null: all. */
  readonly fields: readonly string[] | null;
  /** The stream's keys, where deletions are concluded from what a complete pass brings. */
  readonly keys: KeySet | null;
  /** The pass is through and complete: what it did not bring is to be deleted. */
  readonly sweep: Sweep | null;
  /** A pass that brings a smaller share of the keys deletes nothing by itself. */
  readonly minKeepRatio: number;
  /** `plan`: which streams there are is to be found out. */
  readonly kind: 'read' | 'plan';
}

/** The task is somebody else's by now, or cancelled: whoever finds out stops at once and writes nothing more. */
export class TaskLost extends Error {
  override readonly name = 'TaskLost';

  constructor() {
    super('the task is no longer ours');
  }
}

/** The service is stopping: what is not checkpointed yet is left to the next worker. */
export class WorkerStopping extends Error {
  override readonly name = 'WorkerStopping';

  constructor() {
    super('the worker is stopping');
  }
}
