import type { Run } from '@trunkline/contracts';
import type { TaskRow } from '../task/task.entity.js';
import type { RunRow } from './run.entity.js';

/** A run as clients see it, with what became of each of its streams so far. */
export function showRun(run: RunRow, tasks: readonly TaskRow[]): Run {
  return {
    id: run.id,
    flowId: run.flowId,
    connectionId: run.connectionId,
    connector: run.connector,
    status: run.status,
    trigger: run.trigger,
    startedAt: (run.startedAt ?? run.createdAt).toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    records: tasks.reduce((sum, { records }) => sum + records, 0),
    streams: tasks.map(({ stream, status, mode, records, deleted, pages, quarantined, errorCode, errorMessage }) => ({
      stream,
      status,
      mode,
      records,
      deleted,
      pages,
      quarantined,
      error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
    })),
  };
}
