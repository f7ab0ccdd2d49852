import type { EntityManager } from 'typeorm';
import { newId, syncTaskJob } from '@trunkline/contracts';
import type { Outbox } from '@trunkline/persistence';
import type { RunnableFlow } from '../schedule/default-flow.js';
import { finishRun } from './finish-run.js';
import { planRun } from './plan-run.js';

/**
 * How long after its job a task nobody has begun gets another one. Short, because a replica that sleeps may have been given the job; it
 * doubles from there, because the job may as well wait in a long queue.
 */
export const firstNudgeSeconds = 15;

export interface RunToStart extends RunnableFlow {
  /** The streams the connector has. */
  readonly streams: readonly string[];
  /** Which fire of the schedule it is; without it the present moment. */
  readonly plannedAt?: string;
}

/**
 * Starts a run of each flow that has none under way: the run, its tasks, and a job for each task, in the caller's transaction. The
 * flows are locked by the caller. Whether one is under way is decided by a unique index, not by looking first.
 *
 * @returns ids of the runs started, by flow; a flow that is missing has a run already, or its connection is not to be used
 */
export async function startRuns(tx: EntityManager, outbox: Outbox, trigger: 'manual' | 'schedule', flows: readonly RunToStart[]): Promise<Map<string, string>> {
  const planned = flows.map((flow) => ({ id: newId('run'), flow_id: flow.id, planned_at: flow.plannedAt ?? null }));
  const started = (await tx.query(
    `INSERT INTO sync.run (id, flow_id, connection_id, platform_id, project_id, connector, trigger, status, planned_at)
     SELECT x.id, f.id, f.connection_id, f.platform_id, f.project_id, f.connector, $2, 'queued', coalesce(x.planned_at, now())
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, flow_id text, planned_at timestamptz)
     JOIN sync.flow f ON f.id = x.flow_id AND f.deleted_at IS NULL AND f.source_state = 'present'
     ON CONFLICT DO NOTHING
     RETURNING id, flow_id AS "flowId"`,
    [JSON.stringify(planned), trigger],
  )) as { id: string; flowId: string }[];
  const runs = new Map(started.map(({ id, flowId }) => [flowId, id]));
  for (const flow of flows) {
    const runId = runs.get(flow.id);
    if (runId !== undefined) await startTasks(tx, outbox, runId, flow);
  }
  return runs;
}

async function startTasks(tx: EntityManager, outbox: Outbox, runId: string, flow: RunToStart): Promise<void> {
  const tasks = planRun(flow.streams, flow.chosen).map((stream) => ({ id: newId('task'), stream }));
  if (tasks.length === 0) {
    await finishRun(tx, outbox, runId);
    return;
  }
  await tx.query(
    `INSERT INTO sync.task (id, run_id, flow_id, connector, stream, status, nudge_at)
     SELECT x.id, $2, $3, $4, x.stream, 'queued', now() + make_interval(secs => $5)
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, stream text)`,
    [JSON.stringify(tasks), runId, flow.id, flow.connector, firstNudgeSeconds],
  );
  for (const { id } of tasks) await outbox.addJob(tx, syncTaskJob, flow.connector, { taskId: id });
}
