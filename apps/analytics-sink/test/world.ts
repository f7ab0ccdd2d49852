import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { newId, recordBatchType, recordSubject, type SourceRecord } from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import type { RunningService } from '@trunkline/service';
import { createTestDatabase, startTestNats, startTestService, waitFor, type TestDatabase, type TestNats } from '@trunkline/testing';
import { analyticsSink } from '../src/index.js';

export interface PublishOptions {
  projectId?: string;
  connector?: string;
  stream?: string;
  generation?: number;
  sequence?: number;
}

export const upsert = (key: string, version: number, data: Record<string, unknown> = { version }): SourceRecord => ({ op: 'upsert', key, version, data });
export const remove = (key: string, version: number): SourceRecord => ({ op: 'delete', key, version, data: null });

/** A sink with a database and a bus of its own, and a hand on the bus. */
export class World {
  readonly projectId = newId('project');
  readonly replicas: RunningService[] = [];
  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestNats,
    readonly bus: NatsConnection,
    readonly publisher: Publisher,
    readonly manager: JetStreamManager,
  ) {}

  static async create(): Promise<World> {
    const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
    const bus = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    return new World(database, nats, bus, new Publisher(bus), await jetstreamManager(bus, { checkAPI: false }));
  }

  async start(environment: Record<string, string> = {}): Promise<RunningService> {
    const replica = await startTestService(analyticsSink, { databaseUrl: this.database.url, natsUrl: this.nats.url, environment: { PORT: '0', ...environment } });
    this.replicas.push(replica);
    return replica;
  }

  /** Publishes one batch, as the orchestrator does; its id is new, so the server drops nothing by itself. */
  async publish(connectionId: string, records: readonly unknown[], { projectId = this.projectId, connector = 'sandbox_crm', stream = 'contacts', generation = 1, sequence = 1 }: PublishOptions = {}): Promise<number> {
    const batch = { projectId, connectionId, connector, runId: 'run_1', stream, generation, sequence, records: records as SourceRecord[] };
    const { sequence: place } = await this.publisher.publish({ id: newId('event'), subject: recordSubject(batch), type: recordBatchType, source: 'test', time: new Date().toISOString(), data: batch });
    return place;
  }

  async settled(timeoutMs = 25_000): Promise<void> {
    await waitFor(
      async () => {
        const { num_pending: unseen, num_ack_pending: inHand } = await this.manager.consumers.info('RECORDS', 'analytics-sink__rec');
        return unseen === 0 && inHand === 0;
      },
      { what: 'every batch to be settled', timeoutMs },
    );
  }

  async columns(view: string): Promise<Record<string, string>> {
    const rows = await this.database.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'analytics' AND table_name = $1 ORDER BY ordinal_position`,
      [view],
    );
    return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
  }

  async close(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.close()));
    await this.bus.close();
    await this.nats.stop();
    await this.database.drop();
  }
}
