import { In, type EntityManager } from 'typeorm';
import type { Run } from '@trunkline/contracts';
import type { Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { TaskRow } from '../task/task.entity.js';
import { RunRow } from './run.entity.js';
import { showRun } from './show-run.js';

/**
 * A run of the tenant, also of a flow that was deleted since.
 *
 * @throws AppError ENTITY_NOT_FOUND also for a foreign one, and for one whose time is over
 */
export async function findRun(tx: EntityManager, { platformId, projectId }: Tenant, id: string): Promise<RunRow> {
  const query = tx.createQueryBuilder(RunRow, 'run').where('run.id = :id AND run.platform_id = :platformId', { id, platformId });
  if (projectId !== null) query.andWhere('run.project_id = :projectId', { projectId });
  const found = await query.getOne();
  if (found === null) throw AppError.notFound('run', id);
  return found;
}

/** These runs with their streams, in the same order. */
export async function withStreams(tx: EntityManager, runs: readonly RunRow[]): Promise<Run[]> {
  const tasks = runs.length === 0 ? [] : await tx.find(TaskRow, { where: { runId: In(runs.map(({ id }) => id)) }, order: { stream: 'ASC' } });
  return runs.map((run) => showRun(run, tasks.filter(({ runId }) => runId === run.id)));
}
