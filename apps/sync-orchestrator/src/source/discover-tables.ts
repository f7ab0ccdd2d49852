import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Destination } from '@trunkline/contracts';
import { discoverStreams } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import { RpcClient } from '@trunkline/messaging';
import { Outbox } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import { changedRows } from '../changed-rows.js';
import { Connectors, EGRESS } from '../connector/connectors.js';
import { planRun } from '../run/plan-run.js';
import { addTasks } from '../run/start-runs.js';
import { succeeded } from '../task/call-outcome.js';
import { CredentialLease } from '../task/credential-lease.js';
import type { Claim } from '../task/task.js';
import { tellCall } from '../task/tell-call.js';

/** Finds out what there is to read at a connection, with its credential, and puts a task for each stream in the place of the one that planned. */
@Injectable()
export class DiscoverTables {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #rpc: RpcClient;
  readonly #connectors: Connectors;
  readonly #egress: Egress;

  constructor(
    @Inject(DataSource) database: DataSource,
    @Inject(Outbox) outbox: Outbox,
    @Inject(RpcClient) rpc: RpcClient,
    @Inject(Connectors) connectors: Connectors,
    @Inject(EGRESS) egress: Egress,
  ) {
    this.#database = database;
    this.#outbox = outbox;
    this.#rpc = rpc;
    this.#connectors = connectors;
    this.#egress = egress;
  }

  /** @throws ProviderError, or AppError as `credentials.lease` says */
  async plan(claim: Claim): Promise<void> {
    const connector = this.#connectors.find(claim.connector);
    if (connector === undefined) throw new AppError('CONNECTOR_MISCONFIGURED', `The connector ${claim.connector} is not offered any more.`);
    const { inputs, credential } = await new CredentialLease(this.#rpc, claim).current();
    const found = await discoverStreams({ egress: this.#egress, connector, inputs, settings: this.#connectors.settings, credential });
    const streams = found.map(({ name }) => name);
    await briefTransaction(this.#database, async (tx) => {
      await tx.query('SELECT 1 FROM sync.flow WHERE id = $1 FOR NO KEY UPDATE', [claim.flowId]);
      const [run] = (await tx.query('SELECT destination FROM sync.run WHERE id = $1 FOR NO KEY UPDATE', [claim.runId])) as { destination: Destination }[];
      // Planned twice, the second time finds nothing to put anything in the place of.
      const mine = await changedRows(tx, `DELETE FROM sync.task WHERE id = $1 AND lease_fence = $2 AND status = 'running' RETURNING 1`, [claim.taskId, claim.generation]);
      if (run === undefined || mine.length === 0) return;
      const { runId, flowId: id, projectId } = claim;
      await addTasks(tx, this.#outbox, { runId, id, projectId, connector: claim.connector }, planRun({ streams }, null, run.destination));
      await tellCall(tx, this.#outbox, claim, succeeded);
    });
  }
}
