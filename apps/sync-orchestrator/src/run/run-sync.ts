import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { connections, newId, type Connection, type Principal, type ReplyOf, type syncs } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { asTenant, Outbox } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { keepBrief } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { Connectors } from '../connector/connectors.js';
import { lockDefaultFlows, runnable, type RunnableFlow } from '../schedule/default-flow.js';
import { isUsableIn } from '../source/usable-source.js';
import { holdSources, sourceOf } from '../source/source.js';
import { projectOf, withScope } from './project-of.js';
import { startRuns, type RunToStart } from './start-runs.js';

/** Sync now: starts a run for every active connection the principal's project reads, or joins the one under way. Reads nothing itself. */
@Injectable()
export class RunSync {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #rpc: RpcClient;
  readonly #connectors: Connectors;
  readonly #context: SyncContext;

  constructor(
    @Inject(DataSource) database: DataSource,
    @Inject(Outbox) outbox: Outbox,
    @Inject(RpcClient) rpc: RpcClient,
    @Inject(Connectors) connectors: Connectors,
    @Inject(SERVICE_CONTEXT) context: SyncContext,
  ) {
    this.#database = database;
    this.#outbox = outbox;
    this.#rpc = rpc;
    this.#connectors = connectors;
    this.#context = context;
  }

  async run(principal: Principal): Promise<ReplyOf<typeof syncs.run>> {
    const projectId = projectOf(principal, ['syncs:run']);
    const active = await this.#activeConnections(principal, projectId);
    const syncId = newId('sync');
    return asTenant(this.#database, { platformId: principal.platformId, projectId }, async (tx) => {
      await keepBrief(tx);
      const flows = await this.#flowsOf(tx, projectId, active);
      const connectors = [...new Set(flows.map(({ connector }) => connector))].sort();
      await tx.query('INSERT INTO sync.sync (id, project_id, connectors) VALUES ($1, $2, $3)', [syncId, projectId, connectors]);
      if (flows.length > 0) await this.#startOrJoin(tx, syncId, flows);
      return { status: 'started', syncId, connectors };
    });
  }

  /** Whoever may sync a project may know what there is to sync, with this scope alone; which of it is decided where connections live. */
  async #activeConnections(principal: Principal, projectId: string): Promise<Connection[]> {
    const reply = await this.#rpc.call(connections.all, { principal: withScope(principal, 'connections:read'), status: ['active'] });
    await this.#connectors.readyIfPossible(...reply.connections.map(({ connector }) => connector));
    return reply.connections.filter((connection) => {
      const ours = isUsableIn(connection, projectId) && connection.status === 'active';
      const offered = this.#connectors.find(connection.connector) !== undefined;
      if (ours && !offered) this.#context.logger.warn({ connectionId: connection.id, connector: connection.connector }, 'a connection of a connector that is not offered here is not synced');
      return ours && offered;
    });
  }

  /** The default flow of each of the project's own connections, whatever its schedule; of the platform's, the flows the project made on them. */
  async #flowsOf(tx: EntityManager, projectId: string, active: readonly Connection[]): Promise<RunnableFlow[]> {
    if (active.length === 0) return [];
    const states = await holdSources(tx, active.map(sourceOf));
    const present = active.filter(({ id }) => states.get(id) === 'present');
    const own = await lockDefaultFlows(tx, present.filter((connection) => connection.projectId === projectId), this.#context.config.intervalSeconds);
    const shared = present.filter((connection) => connection.projectId === null).map(({ id }) => id);
    const made = (await tx.query(
      `SELECT ${runnable} FROM sync.flow WHERE project_id = $1 AND connection_id = ANY($2) AND NOT is_default AND enabled AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE`,
      [projectId, shared],
    )) as RunnableFlow[];
    return [...own, ...made];
  }

  async #startOrJoin(tx: EntityManager, syncId: string, flows: readonly RunnableFlow[]): Promise<void> {
    await startRuns(
      tx,
      this.#outbox,
      'manual',
      flows.map((flow): RunToStart => ({ ...flow, offer: this.#connectors.offerOf(flow.connector) ?? { streams: [] } })),
    );
    // The run just started, the one under way, or (without streams) the one that was over at once: in any case the newest.
    await tx.query(
      `INSERT INTO sync.sync_run (sync_id, run_id)
       SELECT $1, r.id FROM unnest($2::text[]) AS f(id)
       CROSS JOIN LATERAL (SELECT id FROM sync.run WHERE flow_id = f.id ORDER BY status IN ('queued', 'running') DESC, created_at DESC LIMIT 1) AS r`,
      [syncId, flows.map(({ id }) => id)],
    );
  }
}
