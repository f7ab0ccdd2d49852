import { createHash } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  connectionActivated,
  connectionBroken,
  connectionDeleted,
  connectionDisabled,
  connections,
  credentials,
  flows,
  mayDo,
  newFlow,
  newId,
  recordBatch,
  Secret,
  syncRunFinished,
  syncs,
  type Connection,
  type DataOf,
  type EventContract,
  type Principal,
  type RecordBatch,
  type SourceRecord,
  type Sync,
  type UsableCredential,
} from '@trunkline/contracts';
import type { z } from 'zod';
import { Publisher } from '@trunkline/messaging';
import { AppError, type RunningService } from '@trunkline/service';
import { answerRpc, connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor, type TestClient, type TestDatabase, type TestNats } from '@trunkline/testing';
import { syncOrchestrator } from '../src/index.js';
import type { CrmServer } from './crm-server.js';

const reaches = ({ platformId, projectId, reach }: Principal, connection: Connection): boolean =>
  connection.platformId === platformId && (reach !== 'project' || connection.projectIds.includes(projectId ?? ''));

/** The neighbours of the orchestrator: the registry's list, the keeper's credentials, and what happens to connections. */
export class World {
  readonly platformId = newId('platform');
  readonly projectId = newId('project');
  readonly connections = new Map<string, Connection>();
  /** The token the keeper hands out, by connection. */
  readonly tokens = new Map<string, string>();
  /** What the keeper hands out in place of a token, by connection. */
  readonly kept = new Map<string, UsableCredential>();
  /** Whose account the keeper says a connection is of. */
  readonly accounts = new Map<string, string>();
  /** Where the keeper says a connection's secret may go. */
  readonly bound = new Map<string, string[]>();
  /** Called at every lease. May throw an AppError. */
  onLease: (request: { connectionId: string; rejectedTokenDigest?: string }) => void = () => undefined;
  /** Called when a connection is looked up. */
  onGet: (id: string) => void = () => undefined;
  leases: { connectionId: string; rejectedTokenDigest?: string }[] = [];
  #responders: { stop(): Promise<void> }[] = [];
  #services: RunningService[] = [];
  #bus!: NatsConnection;
  client!: TestClient;

  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestNats,
  ) {}

  static async create(): Promise<World> {
    const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
    const world = new World(database, nats);
    world.#bus = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    world.client = await connectTestClient(nats.url, 'gateway');
    world.#responders = await Promise.all([
      answerRpc(nats.url, connections.all, ({ principal, status }) => ({
        connections: [...world.connections.values()].filter((one) => reaches(principal, one) && (status?.includes(one.status) ?? true)),
      })),
      answerRpc(nats.url, connections.get, ({ principal, id }) => {
        world.onGet(id);
        const connection = world.connections.get(id);
        if (connection === undefined || !reaches(principal, connection) || !mayDo(principal, 'connections:read')) throw AppError.notFound('app_connection', id);
        return connection;
      }),
      answerRpc(nats.url, credentials.lease, (request) => {
        world.leases.push(request);
        world.onLease(request);
        const connection = world.connections.get(request.connectionId);
        const token = world.tokens.get(request.connectionId);
        if (connection === undefined || token === undefined || !connection.projectIds.includes(request.projectId)) throw AppError.notFound('credential', request.connectionId);
        const credential = world.kept.get(request.connectionId) ?? { type: 'OAUTH2' as const, accessToken: new Secret(token), tokenType: 'Bearer' };
        return { connector: connection.connector, inputs: connection.inputs, credential, expiresAt: null, accountKey: world.accounts.get(request.connectionId), allowedOrigins: world.bound.get(request.connectionId) };
      }),
    ]);
    return world;
  }

  environment(crm: CrmServer, more: Record<string, string> = {}): Record<string, string> {
    return {
      TRUNKLINE_SANDBOX_URL: crm.url,
      TRUNKLINE_EGRESS_ALLOW: crm.authority,
      // Nothing is due by itself unless a test says so.
      TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '3600',
      TRUNKLINE_SYNC_LEASE_SECONDS: '2',
      PORT: '0',
      ...more,
    };
  }

  async start(crm: CrmServer, more: Record<string, string> = {}): Promise<RunningService> {
    const service = await startTestService(syncOrchestrator, { databaseUrl: this.database.url, natsUrl: this.nats.url, environment: this.environment(crm, more) });
    this.#services.push(service);
    return service;
  }

  /** Stops the services of one test; database, NATS and neighbours stay. */
  async stopServices(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((service) => service.close()));
  }

  async end(): Promise<void> {
    await this.stopServices();
    await this.client.close();
    await Promise.all(this.#responders.map((responder) => responder.stop()));
    await this.#bus.close();
    await this.nats.stop();
    await this.database.drop();
  }

  /** A connection of the sandbox's CRM, known to registry and keeper. */
  connect(projectId: string | null = this.projectId, more: Partial<Connection> = {}): Connection {
    const now = new Date().toISOString();
    const connection: Connection = {
      id: newId('connection'),
      externalId: 'crm',
      platformId: this.platformId,
      projectId,
      projectIds: [projectId ?? this.projectId],
      scope: projectId === null ? 'PLATFORM' : 'PROJECT',
      preSelectForNewProjects: false,
      ownerId: null,
      owner: null,
      connector: 'sandbox_crm',
      pieceName: 'sandbox_crm',
      pieceVersion: null,
      type: 'OAUTH2',
      displayName: 'CRM',
      status: 'active',
      statusReason: null,
      account: { id: null, name: null },
      inputs: {},
      metadata: null,
      scopes: [],
      connectedAt: now,
      expires: null,
      created: now,
      updated: now,
      version: 1,
      ...more,
    };
    this.connections.set(connection.id, connection);
    this.tokens.set(connection.id, `token-of-${connection.id}`);
    return connection;
  }

  fact(connection: Connection) {
    return { connectionId: connection.id, platformId: connection.platformId, projectId: connection.projectId, connector: connection.connector };
  }

  /** Tells an event as its producer would. @returns its id */
  async tell<Contract extends EventContract>(contract: Contract, data: DataOf<Contract>, id = newId('event')): Promise<string> {
    await new Publisher(this.#bus).publish({ id, subject: contract.subject, type: contract.subject, source: contract.producers[0]!, time: new Date().toISOString(), data: data as object });
    return id;
  }
  activated = (connection: Connection, id?: string) => this.tell(connectionActivated, { ...this.fact(connection), ownerId: null, inputs: {}, recovered: false }, id);
  degraded = (connection: Connection) => this.tell(connectionBroken, { ...this.fact(connection), reason: 'calls_failing' });
  disabled = (connection: Connection) => this.tell(connectionDisabled, this.fact(connection));
  deleted = (connection: Connection, id?: string) => {
    this.connections.delete(connection.id);
    return this.tell(connectionDeleted, this.fact(connection), id);
  };

  principal(more: Partial<Principal> = {}): Principal {
    return { kind: 'api_key', id: 'key_1', reach: 'project', platformId: this.platformId, projectId: this.projectId, userId: null, scopes: ['syncs:run'], ...more };
  }
  run = (principal = this.principal()) => this.client.rpc.call(syncs.run, { principal });
  sync = (syncId: string, principal = this.principal()) => this.client.rpc.call(syncs.get, { principal, syncId });
  last = (connectionIds: string[], principal = this.principal()) => this.client.rpc.call(syncs.last, { principal, connectionIds });

  /** Somebody who may do anything with the project's flows. */
  editor = (more: Partial<Principal> = {}) => this.principal({ id: 'key_editor', scopes: ['flows:read', 'flows:write'], ...more });
  createFlow = (flow: Partial<z.input<typeof newFlow>> & { connectionId: string }, principal = this.editor()) =>
    this.client.rpc.call(flows.create, { principal, flow: newFlow.parse({ displayName: 'A flow', ...flow }) });

  /** Starts a sync and waits for its end. */
  async syncToTheEnd(timeoutMs = 20_000): Promise<Sync> {
    const { syncId } = await this.run();
    return this.ended(syncId, timeoutMs);
  }

  async ended(syncId: string, timeoutMs = 20_000, principal = this.principal()): Promise<Sync> {
    await this.rowsEnded(syncId, timeoutMs);
    return this.sync(syncId, principal);
  }

  /** The same by the rows alone: while a replica sleeps, every second question would wait for it. */
  async rowsEnded(syncId: string, timeoutMs = 20_000): Promise<void> {
    const open = () => this.database.query('SELECT 1 FROM sync.run JOIN sync.sync_run ON run_id = id WHERE sync_id = $1 AND finished_at IS NULL', [syncId]);
    await waitFor(async () => (await open()).length === 0, { what: `sync ${syncId} to end`, timeoutMs });
  }

  /** Every batch in the record stream, in the order it was stored. */
  async batches(connectionId: string): Promise<RecordBatch[]> {
    const stream = await jetstream(this.#bus).streams.get('RECORDS');
    const { state } = await stream.info();
    const batches: RecordBatch[] = [];
    if (state.messages === 0) return batches;
    const consumer = await jetstream(this.#bus).consumers.get('RECORDS', { filter_subjects: ['rec.>'] });
    for await (const message of await consumer.consume()) {
      const batch = recordBatch.parse(message.json());
      if (batch.connectionId === connectionId) batches.push(batch);
      if (message.info.streamSequence >= state.last_seq) break;
    }
    return batches;
  }

  /** What a consumer that follows the rule (of two records with one key the higher version wins) holds in the end, by stream and key. */
  async applied(connectionId: string): Promise<Map<string, SourceRecord & { generation: number }>> {
    const held = new Map<string, SourceRecord & { generation: number }>();
    for (const { stream, generation, records } of await this.batches(connectionId)) {
      for (const record of records) {
        const key = `${stream}/${record.key}`;
        if (record.version > (held.get(key)?.version ?? -1)) held.set(key, { ...record, generation });
      }
    }
    return held;
  }

  /** Facts told about a connection's runs. */
  finishedEvents = (connectionId: string): Promise<Record<string, unknown>[]> => this.told(syncRunFinished, (data) => data['connectionId'] === connectionId);

  /** Facts told so far, in the order they were stored. */
  async told(contract: EventContract, matches: (data: Record<string, unknown>) => boolean): Promise<Record<string, unknown>[]> {
    const consumer = await jetstream(this.#bus).consumers.get('EVENTS', { filter_subjects: [contract.subject] });
    const { num_pending: pending } = await consumer.info();
    const events: Record<string, unknown>[] = [];
    if (pending === 0) return events;
    for await (const message of await consumer.consume()) {
      const data = message.json<Record<string, unknown>>();
      if (matches(data)) events.push(data);
      if (message.info.pending === 0) break;
    }
    return events;
  }

  checkpoint(connectionId: string, stream: string): Promise<{ version: string; generation: string; state: { done: boolean } | null }[]> {
    return this.database.query(`SELECT c.version, c.generation, c.state FROM sync.checkpoint c JOIN sync.flow f ON f.id = c.flow_id WHERE f.connection_id = $1 AND c.stream = $2`, [connectionId, stream]);
  }
}

export const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
