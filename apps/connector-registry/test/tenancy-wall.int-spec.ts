import { apiKeys, type Principal } from '@trunkline/contracts';
import { asTenant, createDataSource } from '@trunkline/persistence';
import type { DataSource, EntityManager } from 'typeorm';
import { Secret } from '@trunkline/contracts';
import { inReach } from '../src/access/in-reach.js';
import { registryDatabase } from '../src/index.js';
import { startRegistry, type Registry } from './harness.js';
import { peopleOf, sessionEnvironment } from './people.js';

/** Every statement here forgets its tenant, as a verb with a fault would. */
describe('the second wall around tenancy', () => {
  let registry: Registry;
  let database: DataSource;
  let home: Awaited<ReturnType<typeof furnish>>;
  let away: Awaited<ReturnType<typeof furnish>>;

  beforeAll(async () => {
    registry = await startRegistry(sessionEnvironment);
    const config = { databaseUrl: new Secret(registry.database.url), databasePoolSize: 3, databaseStatementTimeoutMs: 10_000 };
    database = createDataSource('test', config as never, registryDatabase);
    await database.initialize();
    [home, away] = [await furnish(), await furnish()];
  });
  afterAll(async () => {
    await database?.destroy();
    await registry.stop();
  });

  async function furnish() {
    const people = peopleOf(registry);
    const platform = await people.platform();
    const [project, next] = [await people.project(platform.id), await people.project(platform.id)];
    const [user, neighbour] = [await people.user(platform.id), await people.user(platform.id)];
    await people.join(project.id, user.id, 'ADMIN');
    await people.join(next.id, neighbour.id, 'ADMIN');
    await people.login(user.email);
    await people.login(neighbour.email);
    const key = (projectId?: string) => registry.call(apiKeys.create, { principal: registry.operator, apiKey: { platformId: platform.id, projectId, displayName: 'k', scopes: ['admin'] } });
    return { platformId: platform.id, projectId: project.id, nextId: next.id, userId: user.id, keys: [await key(project.id), await key(next.id), await key()] };
  }

  const tables = ['platform', 'project', 'app_user', 'member', 'api_key', 'session'] as const;
  const platformOf = (table: string) => (table === 'platform' ? 'id' : 'platform_id');
  const seen = async (tx: EntityManager, table: string, column: string) => (await tx.query<{ value: string }[]>(`SELECT DISTINCT ${column} AS value FROM registry.${table} ORDER BY 1`)).map(({ value }) => value);

  it.each(tables)('shows a platform nothing of another: %s', async (table) => {
    const rows = await asTenant(database, { platformId: home.platformId, projectId: null }, (tx) => seen(tx, table, platformOf(table)));
    expect(rows).toEqual([home.platformId]);
    expect(await asTenant(database, { platformId: 'plat_0', projectId: null }, (tx) => seen(tx, table, platformOf(table)))).toEqual([]);
  });

  it.each([
    ['project', 'id'],
    ['member', 'project_id'],
    ['api_key', 'project_id'],
  ])('shows a project nothing of the next one: %s', async (table, column) => {
    expect(await asTenant(database, home, (tx) => seen(tx, table, column))).toEqual([home.projectId]);
  });

  it('shows a project no sessions, and who is nowhere nothing but users', async () => {
    expect(await asTenant(database, home, (tx) => seen(tx, 'session', 'user_id'))).toEqual([]);
    for (const table of ['project', 'member', 'api_key', 'session']) {
      expect(await asTenant(database, { platformId: home.platformId, projectId: '-' }, (tx) => seen(tx, table, platformOf(table)))).toEqual([]);
    }
  });

  it('shows a person the own memberships and sessions besides', async () => {
    const person: Principal = { kind: 'user', id: home.userId, userId: home.userId, reach: 'project', platformId: home.platformId, projectId: null, scopes: [] };
    expect(await inReach(database, person, (tx) => seen(tx, 'project', 'id'))).toEqual([home.projectId]);
    expect(await inReach(database, person, (tx) => seen(tx, 'session', 'user_id'))).toEqual([home.userId]);
    // A key that acts for the person does not see what the person sees.
    expect(await inReach(database, { ...person, kind: 'api_key' }, (tx) => seen(tx, 'project', 'id'))).toEqual([]);
  });

  it.each([
    ['platform', `UPDATE registry.platform SET name = 'x'`],
    ['project', `UPDATE registry.project SET display_name = 'x'`],
    ['app_user', `UPDATE registry.app_user SET first_name = 'x'`],
    ['member', `UPDATE registry.member SET role = 'VIEWER'`],
    ['member', 'DELETE FROM registry.member'],
    ['api_key', 'UPDATE registry.api_key SET revoked_at = now()'],
    ['session', 'UPDATE registry.session SET ended_at = now()'],
  ])('lets no one change a foreign row: %s, %s', async (table, statement) => {
    const before = await registry.database.query(`SELECT t::text FROM registry.${table} t WHERE ${platformOf(table)} = $1 ORDER BY 1`, [away.platformId]);
    for (const tenant of [home, { platformId: home.platformId, projectId: null }]) {
      await asTenant(database, tenant, async (tx) => {
        await tx.query(statement);
        // What the statement did at home is of no interest to the other tests.
        throw new Error('undone');
      }).catch((error: unknown) => expect((error as Error).message).toBe('undone'));
      await asTenant(database, tenant, (tx) => tx.query(`${statement} WHERE ${platformOf(table)} = '${away.platformId}'`));
    }
    expect(await registry.database.query(`SELECT t::text FROM registry.${table} t WHERE ${platformOf(table)} = $1 ORDER BY 1`, [away.platformId])).toEqual(before);
  });

  it.each<[string, (tenant: { platformId: string; nextId: string; projectId: string; userId: string }) => string]>([
    ['a project', ({ platformId }) => `INSERT INTO registry.project (id, platform_id, display_name) VALUES ('proj_x', '${platformId}', 'x')`],
    ['a user', ({ platformId }) => `INSERT INTO registry.app_user (id, platform_id, email, first_name, last_name, platform_role) VALUES ('user_x', '${platformId}', 'x@x.x', '', '', 'ADMIN')`],
    ['a member', ({ platformId, projectId, userId }) => `INSERT INTO registry.member (platform_id, project_id, user_id, role) VALUES ('${platformId}', '${projectId}', '${userId}', 'ADMIN')`],
    ['a key', ({ platformId, projectId }) => `INSERT INTO registry.api_key (id, digest, platform_id, project_id, scopes, display_name) VALUES ('key_x', sha256('x'), '${platformId}', '${projectId}', '{admin}', 'x')`],
  ])('lets no one add %s to another platform, nor a project to the platform around it', async (_, insert) => {
    for (const tenant of [home, { platformId: home.platformId, projectId: null }]) await expect(asTenant(database, tenant, (tx) => tx.query(insert(away)))).rejects.toThrow(/row-level security/);
    await expect(asTenant(database, home, (tx) => tx.query(insert({ ...home, projectId: home.nextId })))).rejects.toThrow(/row-level security/);
  });

  it('lets a project change nothing of its platform', async () => {
    const changed = (statement: string) => asTenant(database, home, async (tx) => (await tx.query<[unknown[], number]>(statement))[1]);
    expect(await changed(`UPDATE registry.platform SET name = 'x'`)).toBe(0);
    expect(await changed(`UPDATE registry.app_user SET platform_role = 'ADMIN'`)).toBe(0);
  });

  it.each(['SELECT password_hash FROM registry.app_user', 'SELECT * FROM registry.app_user', 'SELECT digest FROM registry.api_key', 'SELECT * FROM registry.login_attempts', `INSERT INTO registry.session (id) VALUES ('x')`, 'DELETE FROM registry.api_key', 'INSERT INTO registry.platform (id, name) VALUES (1, 1)'])(
    'refuses what no request needs: %s',
    async (statement) => {
      await expect(asTenant(database, { platformId: home.platformId, projectId: null }, (tx) => tx.query(statement))).rejects.toThrow(/permission denied/);
    },
  );

  it('is taken down and put up again by the migrations', async () => {
    const isUp = async () => (await database.query<unknown[]>(`SELECT FROM registry.migration WHERE name = 'Tenancy1762000001000'`)).length > 0;
    while (await isUp()) await database.undoLastMigration();
    expect(await registry.database.query(`SELECT FROM pg_policies WHERE schemaname = 'registry' AND tablename = ANY ($1)`, [tables])).toEqual([]);
    await database.runMigrations();
    expect(await asTenant(database, home, (tx) => seen(tx, 'project', 'id'))).toEqual([home.projectId]);
  });
});
