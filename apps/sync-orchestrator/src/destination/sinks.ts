import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { openWriter, type Writer, type WriterOptions } from '@trunkline/connector-kit';
import type { Egress } from '@trunkline/egress';
import type { Destination } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Outbox } from '@trunkline/persistence';
import { AppError, SERVICE_CONTEXT } from '@trunkline/service';
import { briefTransaction } from '../brief-transaction.js';
import { AccountBudgets } from '../budget/account-budgets.js';
import type { SyncContext } from '../config.js';
import { Connectors, EGRESS } from '../connector/connectors.js';
import { requireBound } from '../connector/require-bound.js';
import type { BatchHead } from '../record/encode-batches.js';
import { RecordPublisher } from '../record/record-publisher.js';
import type { Sink } from '../record/sink.js';
import type { SliceCall } from '../task/call-outcome.js';
import { CredentialLease } from '../task/credential-lease.js';
import type { Claim } from '../task/task.js';
import { tellCall } from '../task/tell-call.js';
import { DestinationFailure } from './destination-failure.js';
import { DestinationSink } from './destination-sink.js';
import { explainDestination, type Named } from './explain-destination.js';
import { patient } from './patient.js';

type Into = Extract<Destination, { type: 'connection' }>;

export interface SinkOrders {
  readonly signal: AbortSignal;
  /** @throws when the task is not ours any more */
  check(): Promise<void>;
}

/** Where a slice's batches go, as its run says: the record stream, or a connection. */
@Injectable()
export class Sinks {
  readonly #database: DataSource;
  readonly #outbox: Outbox;
  readonly #rpc: RpcClient;
  readonly #egress: Egress;
  readonly #connectors: Connectors;
  readonly #publisher: RecordPublisher;
  readonly #budgets: AccountBudgets;
  readonly #context: SyncContext;

  constructor(
    @Inject(DataSource) database: DataSource,
    @Inject(Outbox) outbox: Outbox,
    @Inject(RpcClient) rpc: RpcClient,
    @Inject(EGRESS) egress: Egress,
    @Inject(Connectors) connectors: Connectors,
    @Inject(RecordPublisher) publisher: RecordPublisher,
    @Inject(AccountBudgets) budgets: AccountBudgets,
    @Inject(SERVICE_CONTEXT) context: SyncContext,
  ) {
    this.#database = database;
    this.#outbox = outbox;
    this.#rpc = rpc;
    this.#egress = egress;
    this.#connectors = connectors;
    this.#publisher = publisher;
    this.#budgets = budgets;
    this.#context = context;
  }

  /** To be closed behind the slice. @throws DestinationFailure before anything is read, if nothing can be written there just now */
  async open(claim: Claim, head: BatchHead, orders: SinkOrders): Promise<Sink> {
    const destination = await this.#destinationOf(claim);
    return destination.type === 'analytics' ? this.#publisher.sink(claim.flowId, head, orders.signal) : this.#into(destination, claim, orders);
  }

  /** A run keeps to what it began with. */
  async #destinationOf({ runId }: Claim): Promise<Destination> {
    const [run] = (await this.#database.query('SELECT destination FROM sync.run WHERE id = $1', [runId])) as { destination: Destination }[];
    if (run === undefined) throw new Error(`the run ${runId} is not there`);
    return run.destination;
  }

  async #into({ connectionId, targets }: Into, claim: Claim, { signal, check }: SinkOrders): Promise<Sink> {
    const lease = new CredentialLease(this.#rpc, { connectionId, projectId: claim.projectId });
    let destination: Named = { connectionId, name: null };
    let writer: Writer;
    try {
      const { connector: id, inputs, accountKey, allowedOrigins } = await lease.current();
      await this.#connectors.ready(id);
      const connector = this.#connectors.find(id);
      if (connector === undefined) throw new AppError('CONNECTOR_MISCONFIGURED', `The connector ${id} is not offered any more.`);
      destination = { connectionId, name: connector.name };
      requireBound({ connector, inputs, settings: this.#connectors.settings }, allowedOrigins);
      const target = Object.hasOwn(targets, claim.stream) ? targets[claim.stream] : undefined;
      if (target === undefined) throw new AppError('CONNECTOR_MISCONFIGURED', `The flow has no target for the stream ${claim.stream}.`);
      const options: WriterOptions = {
        egress: this.#egress,
        connector,
        inputs,
        settings: this.#connectors.settings,
        target,
        stream: claim.stream,
        flowId: claim.flowId,
        credential: async () => (await lease.current()).credential,
        renew: () => lease.replace(),
        signal,
        budget: patient(this.#budgets.of(accountKey ?? connectionId, () => Infinity)),
      };
      writer = openWriter(options);
    } catch (error) {
      throw new DestinationFailure(explainDestination(error, destination), error);
    }
    return new DestinationSink({ writer, destination, generation: claim.generation, signal, check, tell: (call) => this.#tell(connectionId, call) });
  }

  /** Health is told as well as can be: the slice has ended one way or the other already. */
  async #tell(connectionId: string, call: SliceCall): Promise<void> {
    try {
      await briefTransaction(this.#database, (tx) => tellCall(tx, this.#outbox, { connectionId }, call));
    } catch (error) {
      this.#context.logger.warn({ error, connectionId }, 'how writing into a connection went could not be told');
    }
  }
}
