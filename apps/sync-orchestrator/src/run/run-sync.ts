import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { connections, newId, type Connection, type Principal, type ReplyOf, type syncs } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Outbox } from '@trunkline/persistence';
import { SERVICE_CONTEXT } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import type { SyncContext } from '../config.js';
import { Connectors } from '../connector/connectors.js';
import { lockDefaultFlows } from '../schedule/default-flow.js';
import { projectOf } from './project-of.js';
import { startRuns, type RunToStart } from './start-runs.js';

/** Sync now: starts a run for every active connection of the principal's project, or joins the one under way. Reads nothing itself. */
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
    const connectors = [...new Set(active.map(({ connector }) => connector))].sort();
    await briefTransaction(this.#database, async (tx) => {
      await tx.query('INSERT INTO sync.sync (id, project_id, connectors) VALUES ($1, $2, $3)', [syncId, projectId, connectors]);
      if (active.length > 0) await this.#startOrJoin(tx, syncId, active);
    });
    return { status: 'started', syncId, connectors };
  }

  /** Whoever may sync a project may know what there is to sync, with this scope alone; which of it is decided where connections live. */
  async #activeConnections(principal: Principal, projectId: string): Promise<Connection[]> {
    const asking: Principal = { ...principal, scopes: [...new Set([...principal.scopes, 'connections:read' as const])] };
    const reply = await this.#rpc.call(connections.list, { principal: asking, status: ['active'] });
    return reply.connections.filter((connection) => {
      const ours = connection.projectId === projectId && connection.status === 'active';
      const offered = this.#connectors.find(connection.connector) !== undefined;
      if (ours && !offered) this.#context.logger.warn({ connectionId: connection.id, connector: connection.connector }, 'a connection of a connector that is not offered here is not synced');
      return ours && offered;
    });
  }

  async #startOrJoin(tx: EntityManager, syncId: string, active: readonly Connection[]): Promise<void> {
    const flows = await lockDefaultFlows(tx, active, this.#context.config.intervalSeconds);
    await startRuns(
      tx,
      this.#outbox,
      'manual',
      flows.map((flow): RunToStart => ({ ...flow, streams: this.#connectors.streamsOf(flow.connector) ?? [] })),
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
