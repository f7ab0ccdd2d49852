import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { isHttpStream } from '@trunkline/catalog';
import { mayHaveSkipped, type StreamState } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import { isOutage, RpcClient } from '@trunkline/messaging';
import { AppError, counter, SERVICE_CONTEXT } from '@trunkline/service';
import { AccountBudgets } from '../budget/account-budgets.js';
import { CheckpointStore, type Progress } from '../checkpoint/checkpoint-store.js';
import type { SyncContext } from '../config.js';
import { Connectors, EGRESS } from '../connector/connectors.js';
import { requireBound } from '../connector/require-bound.js';
import { Sinks } from '../destination/sinks.js';
import { chooseFields } from '../record/choose-fields.js';
import { CredentialLease } from './credential-lease.js';
import { readPages } from './read-pages.js';
import { readSlice } from './read-slice.js';
import { SweepKeys, type SweepEnd } from './sweep-keys.js';
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
  /** What is left of the slice. */
  patienceMs(): number;
}

/** Reads a slice of a claimed task: from the connector's API into the record stream, with the checkpoint behind. */
@Injectable()
export class ReadTask {
  readonly #context: SyncContext;
  readonly #checkpoints: CheckpointStore;
  readonly #sinks: Sinks;
  readonly #connectors: Connectors;
  readonly #egress: Egress;
  readonly #rpc: RpcClient;
  readonly #budgets: AccountBudgets;
  readonly #sweeper: SweepKeys;
  readonly #pages = counter('trunkline_sync_pages_total', 'Pages read and checkpointed.', ['connector']);
  readonly #records = counter('trunkline_sync_records_total', 'Records published and checkpointed, by what they do; or put aside.', ['connector', 'op']);

  constructor(
    @Inject(SERVICE_CONTEXT) context: SyncContext,
    @Inject(CheckpointStore) checkpoints: CheckpointStore,
    @Inject(Sinks) sinks: Sinks,
    @Inject(Connectors) connectors: Connectors,
    @Inject(EGRESS) egress: Egress,
    @Inject(RpcClient) rpc: RpcClient,
    @Inject(AccountBudgets) budgets: AccountBudgets,
    @Inject(SweepKeys) sweeper: SweepKeys,
  ) {
    this.#context = context;
    this.#checkpoints = checkpoints;
    this.#sinks = sinks;
    this.#connectors = connectors;
    this.#egress = egress;
    this.#rpc = rpc;
    this.#budgets = budgets;
    this.#sweeper = sweeper;
  }

  /** @returns whether the stream was read to its end. @throws ProviderError, AppError (the credential's keeper's, mostly), or the signal's reason */
  async read(claim: Claim, orders: ReadOrders): Promise<SweepEnd> {
    const slice = new AbortController();
    const signal = AbortSignal.any([orders.signal, slice.signal]);
    await this.#connectors.ready(claim.connector);
    const connector = this.#connectors.find(claim.connector);
    if (connector === undefined) throw new AppError('CONNECTOR_MISCONFIGURED', `The connector ${claim.connector} is not offered any more.`);
    const { config } = this.#context;
    const lease = new CredentialLease(this.#rpc, claim);
    // The keeper's word on the inputs, not the flow's copy: an account id may have come with the grant.
    const { inputs, accountKey, allowedOrigins } = await lease.current();
    requireBound({ connector, inputs, settings: this.#connectors.settings }, allowedOrigins);
    const { projectId, connectionId, runId, stream, generation } = claim;
    const head = { projectId, connectionId, connector: connector.id, runId, stream, generation };
    const sink = await this.#sinks.open(claim, head, { signal, check: () => orders.check() });
    const definition = connector.streams.get(stream);
    let complete = false;
    try {
      if (claim.sweep !== null) {
        const maySkip = mayHaveSkipped(connector, stream, claim.checkpoint.state as StreamState | null);
        return await this.#sweeper.sweep({ ...claim, sweep: claim.sweep }, { head, sink, maySkip, check: () => orders.check(), enough: () => orders.enough() });
      }
      const end = await readSlice({
        claim,
        head,
        depth: config.pipelinePages,
        largestBatch: sink.largestBatch,
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
            ...(definition !== undefined && isHttpStream(definition) && { timeoutMs: Math.round(config.requestSeconds * 1_000) }),
            budget: this.#budgets.of(accountKey ?? connectionId, () => orders.patienceMs()),
          },
          lease,
          (page) => {
            complete = page.complete;
            return chooseFields(page, definition, claim.fields);
          },
        ),
        publish: (batch) => sink.write(batch),
        checkpoints: { move: (mine, version, progress) => untilDatabaseIsBack(() => this.#checkpoints.move(mine, version, progress), signal) },
        moved: (progress) => this.#count(connector.id, progress),
        check: () => orders.check(),
        enough: () => orders.enough(),
        stopReading: (reason) => slice.abort(reason),
      });
      // What a complete pass did not bring is deleted in a slice of its own.
      return end === 'more' || (complete && claim.keys !== null) ? { end: 'more' } : { end, warning: null };
    } finally {
      await sink.close();
    }
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
