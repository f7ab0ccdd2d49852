import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { Principal, ReplyOf, Sync, syncs } from '@trunkline/contracts';
import { asTenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { FlowRow } from '../schedule/flow.entity.js';
import { TaskRow } from '../task/task.entity.js';
import { projectOf } from './project-of.js';
import { RunRow } from './run.entity.js';
import { isActiveRun, statusOfSync } from './run.js';
import { showRun } from './show-run.js';
import { SyncRow } from './sync.entity.js';

/** What a sync has come to, computed from the rows at every question: readable while it runs, and true after any crash. */
@Injectable()
export class GetSync {
  readonly #database: DataSource;

  constructor(@Inject(DataSource) database: DataSource) {
    this.#database = database;
  }

  /** A foreign sync and an unknown one answer alike. */
  async get(principal: Principal, syncId: string): Promise<Sync> {
    const projectId = projectOf(principal, ['syncs:run', 'flows:read']);
    const { sync, runs, tasks } = await asTenant(this.#database, { platformId: principal.platformId, projectId }, async (tx) => {
      const found = await tx.findOneBy(SyncRow, { id: syncId, projectId });
      if (found === null) throw AppError.notFound('sync', syncId);
      const itsRuns = await tx
        .createQueryBuilder(RunRow, 'run')
        .where('run.id IN (SELECT run_id FROM sync.sync_run WHERE sync_id = :syncId) AND run.projectId = :projectId', { syncId, projectId })
        .orderBy('run.id')
        .getMany();
      return { sync: found, runs: itsRuns, tasks: await tx.find(TaskRow, { where: { runId: In(itsRuns.map(({ id }) => id)) }, order: { stream: 'ASC' } }) };
    });
    const shown = runs.map((run) => showRun(run, tasks.filter(({ runId }) => runId === run.id)));
    return {
      syncId: sync.id,
      status: statusOfSync(runs.map(({ status }) => status)),
      connectors: sync.connectors,
      startedAt: sync.createdAt.toISOString(),
      finishedAt: finishedAt(sync, runs),
      records: shown.reduce((sum, { records }) => sum + records, 0),
      runs: shown,
    };
  }

  /** When each connection was last read to the end. Connections that never were, and foreign ones, are left out. */
  async last(principal: Principal, connectionIds: readonly string[]): Promise<ReplyOf<typeof syncs.last>> {
    const projectId = projectOf(principal, ['connections:read', 'flows:read', 'syncs:run']);
    if (connectionIds.length === 0) return { lastSync: {} };
    const flows = await asTenant(this.#database, { platformId: principal.platformId, projectId }, (tx) => tx.findBy(FlowRow, { projectId, connectionId: In([...connectionIds]) }));
    const lastSync: Record<string, string> = {};
    for (const { connectionId, lastSyncedAt } of flows) {
      const moment = lastSyncedAt?.toISOString();
      if (moment !== undefined && moment > (lastSync[connectionId] ?? '')) lastSync[connectionId] = moment;
    }
    return { lastSync };
  }
}

function finishedAt(sync: SyncRow, runs: readonly RunRow[]): string | null {
  if (runs.some(({ status }) => isActiveRun(status))) return null;
  const ends = runs.map((run) => (run.finishedAt ?? run.createdAt).getTime());
  return new Date(Math.max(sync.createdAt.getTime(), ...ends)).toISOString();
}
