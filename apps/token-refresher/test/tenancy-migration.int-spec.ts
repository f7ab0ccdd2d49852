import { randomBytes } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import { createDataSource, migrate } from '@trunkline/persistence';
import { createTestDatabase, type TestDatabase } from '@trunkline/testing';
import type { DataSource } from 'typeorm';
import { tokensDatabase } from '../src/index.js';
import { Tenancy1762000003000 } from '../src/migrations/tenancy-1762000003000.js';

describe('a database from before connections of platforms', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const open = async (migrations: typeof tokensDatabase.migrations): Promise<DataSource> => {
    const config = { databaseUrl: new Secret(database.url), databasePoolSize: 2, databaseStatementTimeoutMs: 30_000 };
    const dataSource = await createDataSource('token-refresher', config, { ...tokensDatabase, migrations }).initialize();
    await migrate(dataSource, 'tokens', database.url);
    return dataSource;
  };

  it('keeps its credentials, their projects and what was disabled', async () => {
    const before = await open(tokensDatabase.migrations.slice(0, tokensDatabase.migrations.findIndex(({ name }) => name === 'Credentials1761000000000') + 1));
    await before.destroy();
    const sealed = randomBytes(40);
    await database.query(
      `INSERT INTO tokens.credential (connection_id, project_id, platform_id, connector, type, sealed, version, status) VALUES
         ('conn_1', 'proj_1', 'plat_1', 'sandbox_crm', 'OAUTH2', $1, 3, 'usable'), ('conn_2', 'proj_2', 'plat_1', 'sandbox_crm', 'SECRET_TEXT', $1, 1, 'disabled')`,
      [sealed],
    );
    await database.query(`INSERT INTO tokens.credential (connection_id, project_id, lease_fence, deleted_at) VALUES ('conn_3', 'proj_1', 1, now())`);
    await database.query(
      `INSERT INTO tokens.revocation (id, connection_id, project_id, connector, inputs, allowed_origins, sealed, extent, announced) VALUES
         ('r1', 'conn_1', 'proj_1', 'sandbox_crm', '{}', '{}', $1, 'grant', true), ('r2', 'conn_unknown', 'proj_1', 'sandbox_crm', '{}', '{}', $1, 'grant', false)`,
      [sealed],
    );
    const after = await open(tokensDatabase.migrations);
    expect(await database.query('SELECT connection_id, project_ids, connection_type, status, status_when_enabled, version::int FROM tokens.credential ORDER BY connection_id')).toEqual([
      { connection_id: 'conn_1', project_ids: ['proj_1'], connection_type: 'OAUTH2', status: 'usable', status_when_enabled: null, version: 3 },
      { connection_id: 'conn_2', project_ids: ['proj_2'], connection_type: 'SECRET_TEXT', status: 'disabled', status_when_enabled: 'usable', version: 1 },
      { connection_id: 'conn_3', project_ids: ['proj_1'], connection_type: null, status: 'usable', status_when_enabled: null, version: 0 },
    ]);
    expect(await database.query('SELECT id, platform_id FROM tokens.revocation ORDER BY id')).toEqual([{ id: 'r1', platform_id: 'plat_1' }, { id: 'r2', platform_id: '' }]);
    await after.destroy();
  });

  it('can go back and come again', async () => {
    const dataSource = await open(tokensDatabase.migrations);
    const runner = dataSource.createQueryRunner();
    const migration = new Tenancy1762000003000();
    await migration.down(runner);
    expect(await database.query('SELECT project_id FROM tokens.credential ORDER BY connection_id')).toEqual([{ project_id: 'proj_1' }, { project_id: 'proj_2' }, { project_id: 'proj_1' }]);
    await migration.up(runner);
    expect(await database.query('SELECT DISTINCT project_ids FROM tokens.credential ORDER BY 1')).toEqual([{ project_ids: ['proj_1'] }, { project_ids: ['proj_2'] }]);
    await runner.release();
    await dataSource.destroy();
  });
});
