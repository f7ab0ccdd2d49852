import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { StreamState } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import { isOutage, RpcClient } from '@trunkline/messaging';
import { AppError, counter, SERVICE_CONTEXT } from '@trunkline/service';
import { CheckpointStore, type Progress } from '../checkpoint/checkpoint-store.js';
import type { SyncContext } from '../config.js';
import { Connectors, EGRESS } from '../connector/connectors.js';
import { RecordPublisher } from '../record/record-publisher.js';
import { CredentialLease } from './credential-lease.js';
import { readPages } from './read-pages.js';
import { readSlice } from './read-slice.js';
import type { Claim } from './task.js';

/** While the database is away a page waits with its checkpoint, and looks this often. */
const outagePauseMs = 250;

/** Who may end reading early, and how. */
export interface ReadOrders {
  /** Ends reading, publishing and waiting at once, with its reason. */
  readonly signal: AbortSignal;
  /** @throws when the task is not ours any more */
  check(): Promise<void>;
  /** True when the slice has lasted long enough. */
  enough(): boolean;
}

/** Reads a slice of a claimed task: from the connector's API into the record stream, with the checkpoint behind. */
@Injectable()
export class ReadTask {
  readonly #context: SyncContext;
  readonly #checkpoints: CheckpointStore;
  readonly #publisher: RecordPublisher;
  readonly #connectors: Connectors;
  readonly #egress: Egress;
  readonly #rpc: RpcClient;
  readonly #pages = counter('trunkline_sync_pages_total', 'Pages read and checkpointed.', ['connector']);
  readonly #records = counter('trunkline_sync_records_total', 'Records published and checkpointed, by what they do; or put aside.', ['connector', 'op']);

  constructor(
    @Inject(SERVICE_CONTEXT) context: SyncContext,
    @Inject(CheckpointStore) checkpoints: CheckpointStore,
    @Inject(RecordPublisher) publisher: RecordPublisher,
    @Inject(Connectors) connectors: Connectors,
    @Inject(EGRESS) egress: Egress,
    @Inject(RpcClient) rpc: RpcClient,
  ) {
    this.#context = context;
    this.#checkpoints = checkpoints;
    this.#publisher = publisher;
    this.#connectors = connectors;
    this.#egress = egress;
    this.#rpc = rpc;
  }

  /** @returns whether the stream was read to its end. @throws ProviderError, AppError (the credential's keeper's, mostly), or the signal's reason */
  async read(claim: Claim, orders: ReadOrders): Promise<'done' | 'more'> {
    const slice = new AbortController();
    const signal = AbortSignal.any([orders.signal, slice.signal]);
    const connector = this.#connectors.find(claim.connector);
    if (connector === undefined) throw new AppError('CONNECTOR_MISCONFIGURED', `The connector ${claim.connector} is not offered any more.`);
    const { config } = this.#context;
    const lease = new CredentialLease(this.#rpc, claim);
    // The keeper's word on the inputs, not the flow's copy: an account id may have come with the grant.
    const { inputs } = await lease.current();
    const { projectId, connectionId, runId, stream, generation } = claim;
    const head = { projectId, connectionId, connector: connector.id, runId, stream, generation };
    return readSlice({
      claim,
      head,
      depth: config.pipelinePages,
      largestBatch: this.#publisher.largestBatch,
      pages: readPages(
        {
          egress: this.#egress,
          connector,
          stream,
          inputs,
          settings: this.#connectors.settings,
          state: claim.checkpoint.state as StreamState | null,
          pageSize: config.pageSize,
          signal,
          prefetch: true,
        },
        lease,
      ),
      publish: (batch) => this.#publisher.publish(claim.flowId, head, batch, signal),
      checkpoints: { move: (mine, version, progress) => untilDatabaseIsBack(() => this.#checkpoints.move(mine, version, progress), signal) },
      moved: (progress) => this.#count(connector.id, progress),
      check: () => orders.check(),
      enough: () => orders.enough(),
      stopReading: (reason) => slice.abort(reason),
    });
  }

  #count(connector: string, { pages, upserted, deleted, quarantined }: Progress): void {
    this.#pages.inc({ connector }, pages);
    this.#records.inc({ connector, op: 'upsert' }, upserted);
    this.#records.inc({ connector, op: 'delete' }, deleted);
    if (quarantined.length > 0) this.#records.inc({ connector, op: 'quarantined' }, quarantined.length);
  }
}

/** The lease may run out meanwhile and the stream become somebody else's: then the move is refused, as it should be. */
async function untilDatabaseIsBack<Result>(move: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    try {
      return await move();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await pause(outagePauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
