import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql, type Statement } from '@trunkline/persistence';
import { every, SERVICE_CONTEXT, type Loop } from '@trunkline/service';
import type { SyncContext } from '../config.js';
import { ClaimTask } from '../task/claim-task.js';
import type { Claim } from '../task/task.js';

const lookAroundMs = 1_000;

/** Projects with open tasks, hopped to one by one: with a hundred thousand tasks of one project they are two steps, not a hundred thousand. */
const projects = `
  project AS (
    (SELECT project_id FROM sync.task WHERE status IN ('queued', 'running') ORDER BY project_id LIMIT 1)
    UNION ALL
    SELECT (SELECT t.project_id FROM sync.task t WHERE t.status IN ('queued', 'running') AND t.project_id > p.project_id ORDER BY t.project_id LIMIT 1)
    FROM project p WHERE p.project_id IS NOT NULL
  ), under_way AS (
    SELECT project_id, count(*) AS tasks FROM sync.task WHERE lease_owner IS NOT NULL AND lease_until >= now() GROUP BY project_id
  )`;

/** To be had just now: what a claim asks of a task, too. */
const isFree = `t.status IN ('queued', 'running') AND t.not_before <= now() AND (t.lease_owner IS NULL OR t.lease_until < now()) AND f.deleted_at IS NULL AND f.source_state = 'present'`;

const pickTask: Statement = {
  name: 'sync_pick_task',
  text: `
    WITH RECURSIVE ${projects}
    SELECT next.id
    FROM project
    CROSS JOIN LATERAL (
      SELECT t.id, t.not_before FROM sync.task t JOIN sync.flow f ON f.id = t.flow_id
      WHERE t.project_id = project.project_id AND ${isFree} AND NOT t.id = ANY($1::text[])
      ORDER BY t.not_before, t.id LIMIT 1
    ) AS next
    LEFT JOIN under_way USING (project_id)
    ORDER BY coalesce(under_way.tasks, 0), next.not_before, next.id
    LIMIT 1`,
};

/** Projects with more than their share: over the limit, while another waits that would still have fewer with one more. */
const overShare: Statement = {
  name: 'sync_over_share',
  text: `
    WITH RECURSIVE ${projects}, waiting AS (
      SELECT project_id, coalesce(under_way.tasks, 0) AS tasks FROM project LEFT JOIN under_way USING (project_id)
      WHERE EXISTS (SELECT 1 FROM sync.task t JOIN sync.flow f ON f.id = t.flow_id WHERE t.project_id = project.project_id AND ${isFree})
    )
    SELECT mine.project_id AS id FROM under_way mine
    WHERE mine.tasks > $1 AND mine.tasks > 1 + (SELECT min(other.tasks) FROM waiting other WHERE other.project_id <> mine.project_id)`,
};

/**
 * Whose turn it is. A job only says that there is something to do; what is done is the task that has waited longest of the project with
 * the fewest under way, so that a project with a thousand slow streams does not stand before all others. A project that had all workers
 * to itself gives some back, page by page, when another comes.
 */
@Injectable()
export class PickTask implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sql: Sql;
  readonly #claims: ClaimTask;
  readonly #context: SyncContext;
  /** Picked, and not claimed yet: the workers of one replica do not run after the same task. */
  readonly #taking = new Set<string>();
  #overShare: ReadonlySet<string> = new Set();
  #loop: Loop | undefined;

  constructor(@Inject(Sql) sql: Sql, @Inject(ClaimTask) claims: ClaimTask, @Inject(SERVICE_CONTEXT) context: SyncContext) {
    this.#sql = sql;
    this.#claims = claims;
    this.#context = context;
  }

  onApplicationBootstrap(): void {
    this.#loop = every(lookAroundMs, 'shares', this.#context.logger, () => this.#lookAround());
  }

  /** @returns null if there is nothing to be had: then the job that led here has done its work */
  async claim(owner: string): Promise<Claim | null> {
    // Another replica may be faster with each of them; none is tried twice, so this ends.
    const tried: string[] = [];
    for (;;) {
      const next = await this.#sql.first<{ id: string }>(pickTask, [[...tried, ...this.#taking]]);
      if (next === undefined) return null;
      // Between the question and its answer another worker of this replica may have asked the same.
      const claim = this.#taking.has(next.id) ? null : await this.#take(next.id, owner);
      if (claim !== null) return claim;
      tried.push(next.id);
    }
  }

  async #take(taskId: string, owner: string): Promise<Claim | null> {
    this.#taking.add(taskId);
    try {
      return await this.#claims.claim(taskId, owner);
    } finally {
      this.#taking.delete(taskId);
    }
  }

  /** The project reads more streams at once than is fair to one that waits. As known a second ago: this is asked after every page. */
  isOverShare(projectId: string): boolean {
    return this.#overShare.has(projectId);
  }

  async #lookAround(): Promise<void> {
    const { projectWorkers, workers } = this.#context.config;
    const over = await this.#sql.rows<{ id: string }>(overShare, [projectWorkers ?? Math.max(1, Math.floor(workers / 2))]);
    this.#overShare = new Set(over.map(({ id }) => id));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#loop?.stop();
  }
}
