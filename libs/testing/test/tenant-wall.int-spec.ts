import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { asTenant, createDataSource, migrate, OutboxAndInbox1760000000000, protectTable, tenantPolicies, TenantWall1761900000000 } from '@trunkline/persistence';
import { Secret } from '@trunkline/contracts';
import { createTestDatabase, type TestDatabase } from '../src/index.js';

class Notes1762000000000 {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE demo.note (id text PRIMARY KEY, platform_id text NOT NULL, project_id text, text text)');
    await protectTable(runner, { table: 'demo.note', privileges: 'SELECT, INSERT, UPDATE, DELETE', policy: tenantPolicies.project_or_shared });
  }
  async down(): Promise<void> {}
}

const options = { schema: 'demo', entities: [], migrations: [OutboxAndInbox1760000000000, TenantWall1761900000000, Notes1762000000000] };
const open = async (url: string): Promise<DataSource> => {
  const dataSource = createDataSource('demo', { databaseUrl: new Secret(url), databasePoolSize: 4, databaseStatementTimeoutMs: 10_000 } as never, options);
  await dataSource.initialize();
  await migrate(dataSource, 'demo', url);
  return dataSource;
};

describe('the second wall', () => {
  let database: TestDatabase;
  let owner: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    // Not a superuser, as in production: the rights it needs are those the documentation names.
    const role = `app_${randomBytes(4).toString('hex')}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x' CREATEROLE`);
    // Where another user of the cluster has made the role already, an administrator grants it.
    await database.query(`DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'trunkline_tenant') THEN GRANT trunkline_tenant TO ${role}; END IF; END $$`);
    await database.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'x';
    owner = await open(url.href);
    await owner.query(`INSERT INTO demo.note VALUES ('1','plat_a','proj_a','mine'), ('2','plat_a','proj_b','next door'), ('3','plat_a',NULL,'shared'), ('4','plat_b','proj_a','foreign')`);
  });
  afterAll(async () => {
    const role = (await owner.query<{ role: string }[]>('SELECT current_user AS role'))[0]!.role;
    await owner.destroy();
    await database.drop();
    const server = new Client({ connectionString: process.env.TRUNKLINE_TEST_DATABASE_URL });
    await server.connect();
    await server.query(`DROP ROLE IF EXISTS ${role}`).catch(() => undefined);
    await server.end();
  });

  const seen = (tenant: { platformId: string | null; projectId: string | null }) =>
    asTenant(owner, tenant, async (tx) => (await tx.query<{ id: string }[]>('SELECT id FROM demo.note ORDER BY id')).map(({ id }) => id).join());

  it('shows a request only what its tenant owns, though the query names no tenant', async () => {
    expect(await seen({ platformId: 'plat_a', projectId: 'proj_a' })).toBe('1,3');
    expect(await seen({ platformId: 'plat_a', projectId: null })).toBe('1,2,3');
    expect(await seen({ platformId: 'plat_b', projectId: null })).toBe('4');
    expect(await seen({ platformId: 'plat_c', projectId: null })).toBe('');
    expect(await seen({ platformId: null, projectId: null })).toBe('1,2,3,4');
  });

  it('refuses to write a row of another tenant, and changes none', async () => {
    const tenant = { platformId: 'plat_a', projectId: 'proj_a' };
    await expect(asTenant(owner, tenant, (tx) => tx.query(`INSERT INTO demo.note VALUES ('9','plat_b','proj_a','x')`))).rejects.toThrow(/row-level security/);
    await asTenant(owner, tenant, (tx) => tx.query(`UPDATE demo.note SET text = 'changed'`));
    const changed = await database.query<{ id: string }>(`SELECT id FROM demo.note WHERE text = 'changed' ORDER BY id`);
    expect(changed.map(({ id }) => id).join()).toBe('1,3');
  });

  it('ends with the transaction: a connection that goes back to the pool carries no tenant', async () => {
    for (let round = 0; round < 8; round += 1) await seen({ platformId: 'plat_b', projectId: null });
    const rows = await Promise.all(Array.from({ length: 8 }, () => owner.query<{ n: number; role: string }[]>('SELECT count(*)::int AS n, current_user AS role FROM demo.note')));
    for (const [row] of rows) expect(row).toMatchObject({ n: 4, role: expect.stringMatching(/^app_/) as string });
  });

  it('lets requests announce facts but not read those of others', async () => {
    const tenant = { platformId: 'plat_a', projectId: 'proj_a' };
    await asTenant(owner, tenant, (tx) => tx.query(`INSERT INTO demo.outbox (id, subject, type, data) VALUES ('e1', 's', 't', '{}')`));
    await expect(asTenant(owner, tenant, (tx) => tx.query('SELECT * FROM demo.outbox'))).rejects.toThrow(/permission denied/);
  });

  it('is made by many services at once', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase()));
    const opened = await Promise.all(others.map(({ url }) => open(url)));
    await Promise.all(opened.map((dataSource) => dataSource.destroy()));
    await Promise.all(others.map((other) => other.drop()));
    expect(opened).toHaveLength(4);
  });
});
