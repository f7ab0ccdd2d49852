import type { EntityManager } from 'typeorm';
import { newId, syncTaskJob } from '@trunkline/contracts';
import type { Outbox } from '@trunkline/persistence';
import type { RunnableFlow } from '../schedule/default-flow.js';
import { finishRun } from './finish-run.js';
import { planRun, type Offer, type PlannedStream } from './plan-run.js';
import type { RunRow } from './run.entity.js';

/**
 * How long after its job a task nobody has begun gets another one. Short, because a replica that sleeps may have been given the job; it
 * doubles from there, because the job may as well wait in a long queue.
 */
export const firstNudgeSeconds = 15;

export interface RunToStart extends RunnableFlow {
  /** What the connector has to read. */
  readonly offer: Offer;
  /** Only these of the streams it reads. */
  readonly only?: readonly string[];
  /** Begins every stream anew. */
  readonly full?: boolean;
  /** Which fire of the schedule it is; without it the present moment. */
  readonly plannedAt?: string;
}

/**
 * Starts a run of each flow that has none under way: the run, its tasks, and a job for each task, in the caller's transaction. The
 * flows are locked by the caller. Whether one is under way is decided by a unique index, not by looking first.
 *
 * @returns ids of the runs started, by flow; a flow that is missing has a run already, or its connection is not to be used
 */
export async function startRuns(tx: EntityManager, outbox: Outbox, trigger: RunRow['trigger'], flows: readonly RunToStart[]): Promise<Map<string, string>> {
  const planned = flows.map((flow) => ({ id: newId('run'), flow_id: flow.id, planned_at: flow.plannedAt ?? null, full_reading: flow.full ?? false }));
  const started = (await tx.query(
    `INSERT INTO sync.run (id, flow_id, connection_id, platform_id, project_id, connector, destination, full_reading, trigger, status, planned_at)
     SELECT x.id, f.id, f.connection_id, f.platform_id, f.project_id, f.connector, f.destination, x.full_reading, $2, 'queued', coalesce(x.planned_at, now())
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, flow_id text, planned_at timestamptz, full_reading boolean)
     JOIN sync.flow f ON f.id = x.flow_id AND f.deleted_at IS NULL AND f.source_state = 'present' AND coalesce(f.destination_state, 'present') = 'present'
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
  const { only } = flow;
  const planned = planRun(flow.offer, flow.chosen, flow.destination, only).filter(({ stream }) => only === undefined || only.includes(stream));
  await addTasks(tx, outbox, { ...flow, runId }, planned);
}

/** The tasks of a run that has begun, each with its job; a run without any is over. The caller holds flow and run. */
export async function addTasks(
  tx: EntityManager,
  outbox: Outbox,
  { runId, ...flow }: Pick<RunToStart, 'id' | 'projectId' | 'connector'> & { readonly runId: string },
  planned: readonly PlannedStream[],
): Promise<void> {
  const tasks = planned.map((stream) => ({ id: newId('task'), ...stream }));
  if (tasks.length === 0) {
    await finishRun(tx, outbox, runId);
    return;
  }
  await tx.query(
    `INSERT INTO sync.task (id, run_id, flow_id, project_id, connector, stream, mode, fields, kind, status, nudge_at)
     SELECT x.id, $2, $3, $4, $5, x.stream, x.mode, x.fields, coalesce(x.kind, 'read'), 'queued', now() + make_interval(secs => $6)
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, stream text, mode text, fields jsonb, kind text)`,
    [JSON.stringify(tasks), runId, flow.id, flow.projectId, flow.connector, firstNudgeSeconds],
  );
  for (const { id } of tasks) await outbox.addJob(tx, syncTaskJob, flow.connector, { taskId: id });
}
