import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { newId, recordBatchType, recordSubject, recordVersion, type SourceRecord } from '@trunkline/contracts';
import { Publisher } from '@trunkline/messaging';
import type { RunningService } from '@trunkline/service';
import { createTestDatabase, startTestNats, startTestService, waitFor, type TestDatabase, type TestNats } from '@trunkline/testing';
import { analyticsSink } from '../src/index.js';
import { randomHistory } from './checker.js';

interface Held {
  key: string;
  version: string;
  deleted: boolean;
  data: Record<string, unknown> | null;
}

describe('analytics sink', () => {
  let database: TestDatabase;
  let nats: TestNats;
  let replicas: RunningService[];
  let bus: NatsConnection;
  let publisher: Publisher;
  const projectId = newId('project');

  beforeAll(async () => {
    [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
    const start = () => startTestService(analyticsSink, { databaseUrl: database.url, natsUrl: nats.url, environment: { PORT: '0' } });
    replicas = await Promise.all([start(), start()]);
    bus = await connect({ servers: nats.url, maxReconnectAttempts: -1 });
    publisher = new Publisher(bus);
  });
  afterAll(async () => {
    await bus?.close();
    await Promise.all((replicas ?? []).map((replica) => replica.close()));
    await nats?.stop();
    await database?.drop();
  });

  /** Publishes one batch, as the orchestrator does; `id` is new unless given, so the server drops nothing by itself. */
  async function publish(connectionId: string, records: unknown[], { generation = 1, sequence = 1, stream = 'contacts' } = {}): Promise<void> {
    const batch = { projectId, connectionId, connector: 'sandbox_crm', runId: 'run_1', stream, generation, sequence, records: records as SourceRecord[] };
    await publisher.publish({ id: newId('event'), subject: recordSubject(batch), type: recordBatchType, source: 'test', time: new Date().toISOString(), data: batch });
  }
  const upsert = (key: string, version: number, data: Record<string, unknown> = { version }): SourceRecord => ({ op: 'upsert', key, version, data });
  const remove = (key: string, version: number): SourceRecord => ({ op: 'delete', key, version, data: null });
  const held = (connectionId: string) =>
    database.query<Held>('SELECT key, version, deleted, data FROM analytics.record WHERE connection_id = $1 ORDER BY key COLLATE "C"', [connectionId]);

  async function settled(): Promise<void> {
    const manager = await jetstreamManager(bus);
    await waitFor(
      async () => {
        const { num_pending: unseen, num_ack_pending: inHand } = await manager.consumers.info('RECORDS', 'analytics-sink__rec');
        return unseen === 0 && inHand === 0;
      },
      { what: 'every batch to be settled', timeoutMs: 25_000 },
    );
  }

  it('applies upserts and deletes, and counts them', async () => {
    const connection = newId('connection');
    await publish(connection, [upsert('a', 1, { name: 'Ada' }), upsert('b', 2), upsert('c', 3)]);
    await settled();
    await publish(connection, [upsert('a', 11, { name: 'Ada L.' }), remove('b', 12)], { generation: 2 });
    await settled();
    expect(await held(connection)).toEqual([
      { key: 'a', version: '11', deleted: false, data: { name: 'Ada L.' } },
      { key: 'b', version: '12', deleted: true, data: null },
      { key: 'c', version: '3', deleted: false, data: { version: 3 } },
    ]);
    expect(await database.query('SELECT connector, stream, rows, deleted FROM analytics.stream_counts WHERE connection_id = $1', [connection])).toEqual([
      { connector: 'sandbox_crm', stream: 'contacts', rows: '2', deleted: '1' },
    ]);
    expect(await database.query('SELECT project_id, run_id, generation FROM analytics.record WHERE connection_id = $1 AND key = $2', [connection, 'a'])).toEqual([
      { project_id: projectId, run_id: 'run_1', generation: '2' },
    ]);
  });

  it('changes nothing at a second delivery of a batch', async () => {
    const connection = newId('connection');
    await publish(connection, [upsert('a', 5, { n: 1 })]);
    await settled();
    const before = await database.query('SELECT updated_at FROM analytics.record WHERE connection_id = $1', [connection]);
    await publish(connection, [upsert('a', 5, { n: 'a different reading of the same version' })]);
    await settled();
    expect(await held(connection)).toEqual([{ key: 'a', version: '5', deleted: false, data: { n: 1 } }]);
    expect(await database.query('SELECT updated_at FROM analytics.record WHERE connection_id = $1', [connection])).toEqual(before);
  });

  it('does not let a stalled worker win: what it publishes late is older', async () => {
    const connection = newId('connection');
    await publish(connection, [upsert('a', recordVersion(8, 0), { by: 'successor' })], { generation: 8 });
    await settled();
    await publish(connection, [upsert('a', recordVersion(7, 5_000_000), { by: 'stalled' }), upsert('b', recordVersion(7, 5_000_001), { by: 'stalled' })], { generation: 7 });
    await settled();
    expect(await held(connection)).toMatchObject([
      { key: 'a', data: { by: 'successor' } },
      { key: 'b', data: { by: 'stalled' } },
    ]);
  });

  it('does not let a late upsert bring a deleted record back, also one deleted before it was ever seen', async () => {
    const connection = newId('connection');
    await publish(connection, [upsert('a', 1)]);
    await settled();
    await publish(connection, [remove('a', 10), remove('never', 10)]);
    await settled();
    await publish(connection, [upsert('a', 9), upsert('never', 9)]);
    await settled();
    expect(await held(connection)).toMatchObject([
      { key: 'a', version: '10', deleted: true, data: null },
      { key: 'never', version: '10', deleted: true, data: null },
    ]);
    await publish(connection, [upsert('a', 11, { back: true })]);
    await settled();
    expect(await held(connection)).toMatchObject([{ key: 'a', deleted: false, data: { back: true } }, { key: 'never', deleted: true }]);
  });

  it('takes one key several times in a batch: the highest version holds', async () => {
    const connection = newId('connection');
    await publish(connection, [upsert('a', 1), upsert('a', 3), remove('a', 2), upsert('b', 1), remove('b', 4)]);
    await settled();
    expect(await held(connection)).toMatchObject([{ key: 'a', version: '3', deleted: false }, { key: 'b', version: '4', deleted: true }]);
  });

  it('keeps what PostgreSQL cannot store as its escape', async () => {
    const connection = newId('connection');
    await publish(connection, [upsert('nul\u0000key', 1, { text: 'a\u0000b', half: '\ud83d', 'na\u0000me': { whole: '😀' } }), upsert('plain', 2, { text: 'C:\\u0000' })]);
    await settled();
    expect(await held(connection)).toEqual([
      { key: 'nul\\u0000key', version: '1', deleted: false, data: { text: 'a\\u0000b', half: '\\ud83d', 'na\\u0000me': { whole: '😀' } } },
      { key: 'plain', version: '2', deleted: false, data: { text: 'C:\\u0000' } },
    ]);
  });

  it('puts a poison record aside and applies the other 99', async () => {
    const connection = newId('connection');
    const good = Array.from({ length: 97 }, (_, place) => upsert(`k${place}`, place + 1));
    // An index takes no key of this length; random, so that compression does not save it.
    const tooLong = Array.from({ length: 2_000 }, () => Math.random().toString(36).slice(2, 8)).join('');
    await publish(connection, [...good.slice(0, 50), upsert(tooLong, 98), 'not a record', { op: 'upsert', key: 'x', version: 0.5, data: {} }, ...good.slice(50)]);
    await settled();
    expect(await held(connection)).toHaveLength(97);
    const rejected = await database.query<{ position: number; reason: string; record: string }>(
      'SELECT position, reason, record FROM analytics.rejected WHERE connection_id = $1 ORDER BY position',
      [connection],
    );
    expect(rejected).toMatchObject([
      { position: 50, reason: 'PostgreSQL refuses it (SQLSTATE 54000)' },
      { position: 51, reason: 'is not an object', record: '"not a record"' },
      { position: 52, reason: 'version is not a whole number' },
    ]);
    expect((JSON.parse(rejected[0]!.record) as SourceRecord).key).toBe(tooLong);
  });

  it('puts a batch aside that is none, and goes on', async () => {
    const manager = await jetstreamManager(bus);
    await publisher.publish({ id: newId('event'), subject: 'rec.p.c.s', type: recordBatchType, source: 'test', time: new Date().toISOString(), data: { no: 'batch' } });
    const dead = await waitFor(() => manager.streams.getMessage('DEAD', { last_by_subj: 'dead.rec.p.c.s' }), { what: 'the dead letter' });
    expect(dead?.json()).toMatchObject({ consumer: 'analytics-sink__rec' });
    const connection = newId('connection');
    await publish(connection, [upsert('a', 1)]);
    await settled();
    expect(await held(connection)).toHaveLength(1);
  });

  it.each([1, 2, 3])('ends with the highest version of every key, whatever the order and however often, on two replicas, with Postgres cutting in (seed %i)', async (seed) => {
    const connection = newId('connection');
    const { deliveries, expected } = randomHistory(seed, 100, 60);
    const cut = () => database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    for (const [place, { generation, records }] of deliveries.entries()) {
      await publish(connection, records, { generation });
      if (place % 40 === 10) await cut();
    }
    await cut();
    await settled();
    const rows = await held(connection);
    expect(rows.map(({ version, ...row }) => ({ ...row, version: Number(version) }))).toEqual(expected);
    expect(await database.query('SELECT 1 FROM analytics.rejected WHERE connection_id = $1', [connection])).toHaveLength(0);
  }, 60_000);

  it('tells what it did', async () => {
    const page = await waitFor(
      async () => {
        const text = await (await fetch(`${replicas[0]!.url}/metrics`)).text();
        return text.includes('trunkline_sink_waiting_batches 0') ? text : undefined;
      },
      { what: 'the backlog to be told' },
    );
    expect(page).toContain('trunkline_sink_rows_total{connector="sandbox_crm",outcome="upserted"}');
    expect(page).toContain('trunkline_sink_rows_total{connector="sandbox_crm",outcome="rejected"} 3');
  });
});
