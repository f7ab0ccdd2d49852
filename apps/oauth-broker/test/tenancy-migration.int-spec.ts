import { Secret } from '@trunkline/contracts';
import { createDataSource, migrate } from '@trunkline/persistence';
import { createTestDatabase, type TestDatabase } from '@trunkline/testing';
import { oauthDatabase } from '../src/index.js';
import { Tenancy1762000004000 } from '../src/migrations/tenancy-1762000004000.js';

describe('a database from before built-in apps', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const open = (migrations: typeof oauthDatabase.migrations) => {
    const config = { databaseUrl: new Secret(database.url), databasePoolSize: 2, databaseStatementTimeoutMs: 30_000 };
    return createDataSource('oauth-broker', config, { ...oauthDatabase, migrations }).initialize();
  };
  const migrateTo = async (migrations: typeof oauthDatabase.migrations): Promise<void> => {
    const dataSource = await open(migrations);
    await migrate(dataSource, 'oauth', database.url);
    await dataSource.destroy();
  };

  it('keeps its apps, and the walks under way with whose app they are', async () => {
    await migrateTo(oauthDatabase.migrations.slice(0, oauthDatabase.migrations.findIndex(({ name }) => name === 'Oauth1760000002000') + 1));
    await database.query(
      `INSERT INTO oauth.oauth_app (id, platform_id, project_id, connector, client_id) VALUES ('app_1', 'plat_1', NULL, 'sandbox_crm', 'a'), ('app_2', 'plat_1', 'proj_1', 'sandbox_crm', 'b')`,
    );
    for (const [number, app] of [[1, 'app_1'], [2, 'app_2']] as const) {
      await database.query(
        `INSERT INTO oauth."authorization" (state_hash, id, connection_id, platform_id, project_id, principal_kind, principal_id, connector, inputs, callback,
           oauth_app_id, client_id, redirect_uri, scopes, browser_binding_hash, expires_at)
         VALUES (decode(repeat($1, 32), 'hex'), $2, 'conn_1', 'plat_1', 'proj_1', 'api_key', 'key_1', 'sandbox_crm', '{}', 'oauth', $3, 'a', 'r', '{}', decode(repeat('00', 32), 'hex'), now())`,
        [`0${number}`, `auth_${number}`, app],
      );
    }
    await migrateTo(oauthDatabase.migrations);
    expect(await database.query('SELECT id, project_ids, type, reconnect, allow_other_account FROM oauth."authorization" ORDER BY id')).toEqual([
      { id: 'auth_1', project_ids: ['proj_1'], type: 'PLATFORM_OAUTH2', reconnect: false, allow_other_account: false },
      { id: 'auth_2', project_ids: ['proj_1'], type: 'OAUTH2', reconnect: false, allow_other_account: false },
    ]);
    // One app for each owner and connector, as before.
    await expect(database.query(`INSERT INTO oauth.oauth_app (id, platform_id, connector, client_id) VALUES ('app_3', 'plat_1', 'sandbox_crm', 'c')`)).rejects.toThrow(/oauth_app_owner/);
  });

  it('can go back and come again', async () => {
    const dataSource = await open(oauthDatabase.migrations);
    const runner = dataSource.createQueryRunner();
    const migration = new Tenancy1762000004000();
    await migration.down(runner);
    await expect(database.query(`INSERT INTO oauth.oauth_app (id, platform_id, connector, client_id) VALUES ('app_3', 'plat_1', 'sandbox_crm', 'c')`)).rejects.toThrow(/oauth_app_owner/);
    await migration.up(runner);
    expect(await database.query('SELECT id, type FROM oauth."authorization" ORDER BY id')).toEqual([{ id: 'auth_1', type: 'PLATFORM_OAUTH2' }, { id: 'auth_2', type: 'OAUTH2' }]);
    await runner.release();
    await dataSource.destroy();
  });
});
