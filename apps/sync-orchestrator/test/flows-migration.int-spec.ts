import { Secret } from '@trunkline/contracts';
import { createDataSource, migrate } from '@trunkline/persistence';
import { createTestDatabase, type TestDatabase } from '@trunkline/testing';
import type { DataSource } from 'typeorm';
import { syncDatabase } from '../src/index.js';
import { FlowsAndRuns1764100000000 } from '../src/migrations/flows-and-runs-1764100000000.js';

describe('a database from before destinations and modes', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const open = async (migrations: typeof syncDatabase.migrations): Promise<DataSource> => {
    const config = { databaseUrl: new Secret(database.url), databasePoolSize: 2, databaseStatementTimeoutMs: 30_000 };
    const dataSource = await createDataSource('sync-orchestrator', config, { ...syncDatabase, migrations }).initialize();
    await migrate(dataSource, 'sync', database.url);
    return dataSource;
  };
  const upTo = (name: string) => syncDatabase.migrations.slice(0, syncDatabase.migrations.findIndex((migration) => migration.name === name) + 1);
  const flows = () => database.query('SELECT id, streams, destination, destination_state, interval_seconds, cron FROM sync.flow ORDER BY id');

  const analytics = { type: 'analytics' };
  const upgraded = [
    { id: 'flow_1', streams: [{ name: 'deals', mode: 'incremental', fields: null }, { name: 'contacts', mode: 'incremental', fields: null }], destination: analytics, destination_state: null, interval_seconds: 60, cron: null },
    { id: 'flow_2', streams: null, destination: analytics, destination_state: null, interval_seconds: 3_600, cron: null },
  ];

  it('keeps its flows as they were: their streams in their order, incremental, into the pipeline', async () => {
    const before = await open(upTo('ChosenFlows1762000005000'));
    await before.destroy();
    await database.query(`
      INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, is_default, display_name, streams, interval_seconds, next_run_at)
      VALUES ('flow_1', 'plat_1', 'proj_1', 'conn_1', 'sandbox_crm', false, 'Sales', '{deals,contacts}', 60, now()), ('flow_2', 'plat_1', 'proj_1', 'conn_1', 'sandbox_crm', true, NULL, NULL, 3600, now())`);
    await database.query(`
      INSERT INTO sync.run (id, flow_id, connection_id, platform_id, project_id, connector, trigger, status, planned_at) VALUES ('run_1', 'flow_1', 'conn_1', 'plat_1', 'proj_1', 'sandbox_crm', 'manual', 'running', now())`);
    await database.query(`INSERT INTO sync.task (id, run_id, flow_id, connector, stream, status, nudge_at) VALUES ('task_1', 'run_1', 'flow_1', 'sandbox_crm', 'deals', 'running', now())`);
    const after = await open(upTo('FlowsAndRuns1764100000000'));
    expect(await flows()).toEqual(upgraded);
    expect(await database.query('SELECT r.destination, r.full_reading, t.mode, t.fields, t.project_id FROM sync.task t JOIN sync.run r ON r.id = run_id')).toEqual([
      { destination: analytics, full_reading: false, mode: 'incremental', fields: null, project_id: 'proj_1' },
    ]);
    await after.destroy();
  });

  it('can go back and come again', async () => {
    const dataSource = await open(upTo('FlowsAndRuns1764100000000'));
    const runner = dataSource.createQueryRunner();
    const migration = new FlowsAndRuns1764100000000();
    await database.query(`INSERT INTO sync.flow (id, platform_id, project_id, connection_id, connector, is_default, display_name, cron, interval_seconds, next_run_at)
                          VALUES ('flow_3', 'plat_1', 'proj_1', 'conn_2', 'sandbox_crm', false, 'Nightly', '0 6 * * *', NULL, now())`);
    await migration.down(runner);
    expect(await database.query('SELECT id, streams, enabled FROM sync.flow ORDER BY id')).toEqual([
      { id: 'flow_1', streams: ['deals', 'contacts'], enabled: true },
      { id: 'flow_2', streams: null, enabled: true },
      { id: 'flow_3', streams: null, enabled: false },
    ]);
    await migration.up(runner);
    expect((await flows()).slice(0, 2)).toEqual(upgraded);
    await runner.release();
    await dataSource.destroy();
  });
});
