import type { RunStatus, Sync, TaskStatus } from '@trunkline/contracts';

/** Where a run may go from where it is. */
export const runTransitions: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'succeeded', 'partial', 'failed', 'cancelled'],
  running: ['succeeded', 'partial', 'failed', 'cancelled'],
  succeeded: [],
  partial: [],
  failed: [],
  cancelled: [],
};

/** At most one run of a flow is in one of these, by a partial unique index. */
export const activeRunStatuses = (Object.keys(runTransitions) as RunStatus[]).filter((status) => runTransitions[status].length > 0);
export const isActiveRun = (status: RunStatus): boolean => runTransitions[status].length > 0;

/**
 * What became of a run, from what became of its tasks; null while one of them is not over. A task is only cancelled because the whole
 * run is. A run without tasks has nothing to fail at.
 */
export function outcomeOfRun(tasks: readonly TaskStatus[]): RunStatus | null {
  const has = (status: TaskStatus) => tasks.includes(status);
  if (has('queued') || has('running')) return null;
  if (has('cancelled')) return 'cancelled';
  if (!has('failed')) return 'succeeded';
  return has('succeeded') ? 'partial' : 'failed';
}

/** What became of a sync. A cancelled run counts as one that brought nothing; a sync of no connections has succeeded. */
export function statusOfSync(runs: readonly RunStatus[]): Sync['status'] {
  if (runs.some(isActiveRun)) return 'running';
  if (runs.every((status) => status === 'succeeded')) return 'succeeded';
  return runs.some((status) => status === 'succeeded' || status === 'partial') ? 'partial' : 'failed';
}
