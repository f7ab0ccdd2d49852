import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { SyncMode } from '@trunkline/contracts';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { changedRows } from '../changed-rows.js';
import { openKeySet, type Sweep } from '../checkpoint/key-set.js';
import { Connectors } from '../connector/connectors.js';
import { passOf, type Pass } from './pass.js';
import type { Claim } from './task.js';

interface TaskPart {
  runId: string;
  flowId: string;
  stream: string;
  readToEnd: boolean;
  pages: number;
  attempts: number;
  kind: Claim['kind'];
  mode: SyncMode;
  fields: string[] | null;
}

type RunPart = Pick<Claim, 'projectId' | 'connectionId' | 'connector'> & { readonly fullReading: boolean };
interface CheckpointPart {
  state: unknown;
  version: number;
  generation: number;
  sweep: Sweep | null;
}

const plainPass: Pass = { anew: false, keepsKeys: false, minKeepRatio: 0 };

/** Takes a task for this worker. */
@Injectable()
export class ClaimTask {
  readonly #database: DataSource;
  readonly #config: SyncContext['config'];
  readonly #connectors: Connectors;

  constructor(@Inject(DataSource) database: DataSource, @Inject(SERVICE_CONTEXT) context: SyncContext, @Inject(Connectors) connectors: Connectors) {
    this.#database = database;
    this.#config = context.config;
    this.#connectors = connectors;
  }

  /**
   * Takes the task if it is nobody's, or its holder has been silent for a whole lease, and it may be worked on just now, all by the
   * database's clock. The stream's generation grows: from this commit on nothing of an earlier holder is accepted any more.
   *
   * @returns null if the task is not to be had: then the job that led here has done its work
   */
  async claim(taskId: string, owner: string): Promise<Claim | null> {
    // How a stream is read is in its definition, which may be a tenant's and elsewhere: asked for before anything is locked.
    const [task] = (await this.#database.query('SELECT connector FROM sync.task WHERE id = $1', [taskId])) as { connector: string }[];
    if (task === undefined) return null;
    await this.#connectors.ready(task.connector);
    return briefTransaction(this.#database, async (tx) => {
      const run = await this.#lockRun(tx, taskId);
      if (run === undefined) return null;
      const task = await this.#take(tx, taskId, owner);
      if (task === undefined) return null;
      const { mode: _, ...taskPart } = task;
      const { fullReading, ...runPart } = run;
      const pass = this.#passOf(task, run, fullReading);
      const { generation, sweep, ...checkpoint } = await this.#nextGeneration(tx, task, run.connectionId, pass.anew);
      const keys = pass.keepsKeys ? await openKeySet(tx, { ...task, connectionId: run.connectionId }, sweep === null && !task.readToEnd && isBetweenPasses(checkpoint.state)) : null;
      await tx.query('UPDATE sync.task SET lease_fence = $2 WHERE id = $1', [taskId, generation]);
      await tx.query(`UPDATE sync.run SET status = 'running', started_at = now() WHERE id = $1 AND status = 'queued'`, [task.runId]);
      return { taskId, ...taskPart, ...runPart, generation, checkpoint, keys, sweep, minKeepRatio: pass.minKeepRatio };
    });
  }

  /** The run first, then the task: the order in which everyone locks them. Tasks of a connection that was deleted or disabled are nobody's. */
  async #lockRun(tx: EntityManager, taskId: string): Promise<RunPart | undefined> {
    const rows = (await tx.query(
      `SELECT r.project_id AS "projectId", r.connection_id AS "connectionId", r.connector, r.full_reading AS "fullReading"
       FROM sync.run r JOIN sync.task t ON t.run_id = r.id JOIN sync.flow f ON f.id = r.flow_id
       WHERE t.id = $1 AND t.status IN ('queued', 'running') AND f.deleted_at IS NULL AND f.source_state = 'present' AND r.status IN ('queued', 'running')
       FOR NO KEY UPDATE OF r`,
      [taskId],
    )) as RunPart[];
    return rows[0];
  }

  /** A holder that vanished counts as a failure: a task that ends its worker every time must come to an end itself. */
  async #take(tx: EntityManager, taskId: string, owner: string): Promise<TaskPart | undefined> {
    const [task] = await changedRows<TaskPart>(
      tx,
      `UPDATE sync.task
       SET status = 'running', started_at = coalesce(started_at, now()), nudge_at = now(), nudges = 0,
           attempts = attempts + CASE WHEN lease_owner IS NULL THEN 0 ELSE 1 END,
           first_failed_at = CASE WHEN lease_owner IS NULL THEN first_failed_at ELSE coalesce(first_failed_at, now()) END,
           lease_owner = $2, lease_until = now() + make_interval(secs => $3)
       WHERE id = $1 AND status IN ('queued', 'running') AND not_before <= now() AND (lease_owner IS NULL OR lease_until < now())
       RETURNING run_id AS "runId", flow_id AS "flowId", stream, read_to_end AS "readToEnd", pages::float8 AS pages, attempts, kind, mode, fields`,
      [taskId, owner, this.#config.leaseSeconds],
    );
    return task;
  }

  /** A connector that is not offered any more is told when it is to be read. */
  #passOf({ kind, mode, stream }: TaskPart, { connector }: RunPart, fullReading: boolean): Pass {
    const found = kind === 'read' ? this.#connectors.find(connector) : undefined;
    if (found === undefined) return plainPass;
    const pass = passOf(found, found.streams.get(stream), mode);
    return { ...pass, anew: pass.anew || fullReading };
  }

  /**
   * Counted per stream of the connection, not of the flow: of two flows that read the same, the later reading is the newer one. What is read
   * anew forgets its place at the first claim of a run, and keeps it at the next ones.
   */
  async #nextGeneration(tx: EntityManager, { flowId, stream, runId }: TaskPart, connectionId: string, anew: boolean): Promise<CheckpointPart> {
    const [next] = (await tx.query(
      `INSERT INTO sync.generation AS held (connection_id, stream, value) VALUES ($1, $2, 1)
       ON CONFLICT (connection_id, stream) DO UPDATE SET value = held.value + 1
       RETURNING value`,
      [connectionId, stream],
    )) as [{ value: string }];
    const [row] = (await tx.query(
      `INSERT INTO sync.checkpoint AS held (flow_id, stream, generation, run_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (flow_id, stream) DO UPDATE
         SET generation = excluded.generation, sequence = 0, run_id = excluded.run_id,
             state = CASE WHEN $5 AND held.run_id IS DISTINCT FROM excluded.run_id THEN NULL ELSE held.state END,
             sweep = CASE WHEN held.run_id = excluded.run_id THEN held.sweep END
       RETURNING state, version::float8 AS version, generation::float8 AS generation, sweep`,
      [flowId, stream, next.value, runId, anew],
    )) as [CheckpointPart];
    return row;
  }
}

/** The next page will be the first one of a pass. */
const isBetweenPasses = (state: unknown): boolean => state === null || (state as { done?: boolean }).done === true;
