import { fileURLToPath } from 'node:url';
import { newId } from '@trunkline/contracts';
import { startOwnPostgres, freePort, queryDatabase, startProcess, waitFor, waitUntilReady, type TestProcess, type OwnPostgres } from '@trunkline/testing';
import { randomHistory, type History } from './checker.js';
import { World } from './world.js';

/** Built: a process is killed like one. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('the sink, whatever falls over', () => {
  let world: World;
  let postgres: OwnPostgres;
  const running: TestProcess[] = [];

  beforeAll(async () => {
    [world, postgres] = await Promise.all([World.create(), startOwnPostgres()]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(running.map((program) => program.kill('SIGKILL')));
    await world?.close();
    await postgres?.remove();
  });

  const query = <Row extends object>(sql: string, values: unknown[] = []) => queryDatabase(postgres.url)<Row>(sql, values);

  async function startSink(): Promise<TestProcess> {
    const port = await freePort();
    const program = startProcess(main, { NODE_ENV: 'production', LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: String(port), DATABASE_URL: postgres.url, NATS_URL: world.nats.url });
    running.push(program);
    await waitUntilReady(`http://127.0.0.1:${port}`, program);
    return program;
  }

  async function publishAll(connection: string, { deliveries }: History): Promise<void> {
    for (const { generation, records } of deliveries) await world.publish(connection, records, { generation });
  }

  async function expectExactly(connection: string, { expected }: History): Promise<void> {
    const rows = await query<{ key: string; version: string; deleted: boolean; data: unknown }>('SELECT key, version, deleted, data FROM analytics.record WHERE connection_id = $1 ORDER BY key COLLATE "C"', [connection]);
    expect(rows.map(({ version, ...row }) => ({ ...row, version: Number(version) }))).toEqual(expected);
    expect(await query('SELECT 1 FROM analytics.rejected WHERE connection_id = $1', [connection])).toEqual([]);
  }

  const applied = async (connection: string) => (await query<{ rows: number }>('SELECT count(*)::int AS rows FROM analytics.record WHERE connection_id = $1', [connection]))[0]!.rows;

  it('loses nothing and doubles nothing when it is killed in the middle of a backlog', async () => {
    let sink = await startSink();
    const connection = newId('connection');
    const history = randomHistory(20_261, 400, 300);
    const publishing = publishAll(connection, history);
    for (let kills = 0; kills < 3; kills += 1) {
      await waitFor(async () => (await applied(connection)) > kills * 20, { what: 'the backlog to be in work' });
      await sink.kill('SIGKILL');
      if (kills === 0) await publishing;
      sink = await startSink();
    }
    await world.settled(60_000);
    await expectExactly(connection, history);
    await sink.kill('SIGTERM');
  }, 120_000);

  it('loses nothing when NATS is killed and comes back, and when Postgres does', async () => {
    const [one, two] = await Promise.all([startSink(), startSink()]);
    const connection = newId('connection');
    const history = randomHistory(20_262, 300, 200);
    const half = Math.floor(history.deliveries.length / 2);
    await publishAll(connection, { ...history, deliveries: history.deliveries.slice(0, half) });
    await waitFor(async () => (await applied(connection)) > 0, { what: 'the first rows' });
    await world.nats.kill('SIGKILL');
    await world.nats.restart();
    await waitFor(() => world.bus.flush().then(() => true), { what: 'NATS to be back' });
    await publishAll(connection, { ...history, deliveries: history.deliveries.slice(half) });
    await postgres.crash();
    await postgres.start();
    await world.settled(90_000);
    await expectExactly(connection, history);
    expect([one.running(), two.running()]).toEqual([true, true]);
    await Promise.all([one.kill('SIGTERM'), two.kill('SIGTERM')]);
  }, 180_000);

  it('applies or puts aside a batch whose worker dies in its last delivery', async () => {
    const connection = newId('connection');
    let sink = await startSink();
    await world.settled();
    await sink.kill('SIGTERM');
    await world.publish(connection, [{ op: 'upsert', key: 'a', version: 1, data: { n: 1 } }]);
    const info = () => world.manager.consumers.info('RECORDS', 'analytics-sink__rec');
    // A worker that gives it back nine times: the tenth delivery is the last one that counts.
    const { jetstream } = await import('@nats-io/jetstream');
    const consumer = await jetstream(world.bus).consumers.get('RECORDS', 'analytics-sink__rec');
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      const message = await consumer.next({ expires: 15_000 });
      expect(message?.info.deliveryCount).toBe(attempt);
      message?.nak();
    }
    // Whoever gets it next dies with it in hand.
    const { Client } = await import('pg');
    const lock = new Client({ connectionString: postgres.url });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE analytics.record IN EXCLUSIVE MODE');
    sink = await startSink();
    await waitFor(async () => (await info()).num_ack_pending === 1, { what: 'the last delivery' });
    await sink.kill('SIGKILL');
    await lock.query('ROLLBACK');
    await lock.end();
    sink = await startSink();
    await world.settled(40_000);
    expect(await applied(connection)).toBe(1);

    // And one that fails each time: put aside although its last delivery was somebody else's.
    await sink.kill('SIGTERM');
    await query('ALTER TABLE analytics.record RENAME TO away');
    const place = await world.publish(connection, [{ op: 'upsert', key: 'b', version: 1, data: null }, { op: 'delete', key: 'c', version: 1, data: null }]);
    for (let attempt = 1; attempt <= 10; attempt += 1) (await consumer.next({ expires: 15_000 }))?.nak();
    sink = await startSink();
    const dead = await waitFor(() => world.manager.streams.getMessage('DEAD', { last_by_subj: `dead.rec.${world.projectId}.sandbox_crm.contacts` }), { what: 'the dead letter' });
    expect(dead.json()).toMatchObject({ consumer: 'analytics-sink__rec', streamSequence: place, attempts: 11, reason: 'kept failing' });
    await query('ALTER TABLE analytics.away RENAME TO record');
    await sink.kill('SIGTERM');
  }, 120_000);
});
