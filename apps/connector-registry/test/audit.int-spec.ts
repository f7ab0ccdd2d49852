import { newId, Secret, type Principal } from '@trunkline/contracts';
import { asTenant, createDataSource, migrate, Pages } from '@trunkline/persistence';
import { createTestDatabase, type TestDatabase } from '@trunkline/testing';
import type { DataSource } from 'typeorm';
import { chainEntries } from '../src/audit/chain-entries.js';
import { listAudit } from '../src/audit/list-audit.js';
import { recordAudit } from '../src/audit/record-audit.js';
import { verifyAudit } from '../src/audit/verify-audit.js';
import { registryDatabase } from '../src/database.js';
import type { RegistryParts } from '../src/registry-parts.js';

const principal = (over: Partial<Principal>): Principal => ({ kind: 'api_key', id: newId('apiKey'), reach: 'platform', platformId: null, projectId: null, userId: null, scopes: ['admin'], ...over });

describe('the audit log', () => {
  let test: TestDatabase;
  let database: DataSource;
  let parts: RegistryParts;

  beforeAll(async () => {
    test = await createTestDatabase();
    const config = { databaseUrl: new Secret(test.url), databasePoolSize: 8, databaseStatementTimeoutMs: 20_000 } as never;
    database = createDataSource('registry', config, registryDatabase);
    await database.initialize();
    await migrate(database, 'registry', test.url);
    parts = { database, pages: new Pages(database) } as unknown as RegistryParts;
  });
  afterAll(async () => {
    await database?.destroy();
    await test?.drop();
  });

  /** A platform of its own for each test. */
  const tenant = async () => {
    const platformId = newId('platform');
    const projectId = newId('project');
    await test.query('INSERT INTO registry.platform (id, name) VALUES ($1, $1)', [platformId]);
    const admin = principal({ platformId });
    const write = (action: string, over: { projectId?: string | null; outcome?: 'done' | 'denied' } = {}) =>
      asTenant(database, { platformId, projectId: over.projectId ?? null }, (tx) =>
        recordAudit(tx, {
          who: admin,
          tenant: { platformId, projectId: over.projectId ?? null },
          action,
          target: { type: 'app_connection', id: 'conn_1' },
          outcome: over.outcome,
          details: { changed: ['displayName'], b: 1, a: true },
        }),
      );
    return { platformId, projectId, admin, write };
  };
  const chainAll = async () => {
    while ((await chainEntries(database)) === 'again');
  };

  it('chains what was written, once, whoever does the chaining', async () => {
    const { admin, write, platformId } = await tenant();
    await Promise.all(Array.from({ length: 50 }, (_, index) => write(`connection.change_${index}`)));
    await Promise.all([chainAll(), chainAll(), chainAll()]);
    await chainAll();
    const result = await verifyAudit(parts, { principal: admin });
    expect(result).toEqual({ entries: 50, intact: true, brokenAt: null, head: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const rows = await test.query<{ sequence: string }>('SELECT sequence FROM registry.audit_chain WHERE chain = $1 ORDER BY sequence', [platformId]);
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it('vanishes with the change it tells of', async () => {
    const { platformId, admin } = await tenant();
    const lost = database.transaction(async (tx) => {
      await recordAudit(tx, { who: admin, tenant: admin, action: 'connection.deleted', target: { type: 'app_connection', id: 'x' } });
      throw new Error('the change came to nothing');
    });
    await expect(lost).rejects.toThrow('came to nothing');
    expect(await test.query('SELECT 1 FROM registry.audit_entry WHERE platform_id = $1', [platformId])).toEqual([]);
  });

  it.each(['UPDATE registry.audit_entry SET action = $1', 'DELETE FROM registry.audit_entry WHERE action <> $1', 'UPDATE registry.audit_chain SET chain = $1', 'DELETE FROM registry.audit_chain WHERE chain <> $1'])(
    'refuses even its owner: %s',
    async (statement) => {
      await expect(test.query(statement, ['x'])).rejects.toThrow('append-only');
    },
  );

  it('refuses to be emptied', async () => {
    await expect(test.query('TRUNCATE registry.audit_entry CASCADE')).rejects.toThrow('append-only');
  });

  it.each([
    ['an entry that was changed', `UPDATE registry.audit_entry SET outcome = 'denied' WHERE id = $1`],
    ['details that were changed', `UPDATE registry.audit_entry SET details = '{}' WHERE id = $1`],
    ['an entry taken out', `WITH gone AS (DELETE FROM registry.audit_chain WHERE entry_id = $1) SELECT 1`],
  ])('notices %s', async (_, tamper) => {
    const { admin, write, platformId } = await tenant();
    for (let index = 0; index < 5; index += 1) await write(`connection.change_${index}`);
    await chainAll();
    const [third] = await test.query<{ entry_id: string }>('SELECT entry_id FROM registry.audit_chain WHERE chain = $1 AND sequence = 3', [platformId]);
    // Only who may switch triggers off can do this at all.
    await database.transaction(async (tx) => {
      await tx.query('SET LOCAL session_replication_role = replica');
      await tx.query(tamper, [third!.entry_id]);
    });
    expect(await verifyAudit(parts, { principal: admin })).toMatchObject({ intact: false, brokenAt: 3, entries: 2 });
  });

  it('shows a project its own entries and a platform all of its own, never another one\'s', async () => {
    const [mine, other] = [await tenant(), await tenant()];
    await mine.write('a');
    await mine.write('b', { projectId: mine.projectId });
    await other.write('c', { projectId: other.projectId });
    const actions = async (who: Principal, filters: object = {}) => (await listAudit(parts, { principal: who, limit: 100, ...filters })).data.map(({ action }) => action);
    expect(await actions(mine.admin)).toEqual(['a', 'b']);
    expect(await actions(principal({ platformId: mine.platformId, projectId: mine.projectId, reach: 'project' }))).toEqual(['b']);
    expect(await actions(other.admin)).toEqual(['c']);
    expect(await actions(mine.admin, { action: 'c' })).toEqual([]);
    expect(await actions(principal({ kind: 'operator', reach: 'installation' }), { actorId: mine.admin.id })).toEqual(['a', 'b']);
    const unscoped = principal({ platformId: mine.platformId, scopes: ['connections:read'] });
    await expect(listAudit(parts, { principal: unscoped, limit: 10 })).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await expect(verifyAudit(parts, { principal: mine.admin, platformId: other.platformId })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    // The second wall by itself: no tenant in the query.
    const seen = await asTenant(database, mine.admin, (tx) => tx.query<{ action: string }[]>('SELECT action FROM registry.audit_entry ORDER BY place'));
    expect(seen.map(({ action }) => action)).toEqual(['a', 'b']);
    const foreign = asTenant(database, mine.admin, (tx) => recordAudit(tx, { who: mine.admin, tenant: other, action: 'x', target: { type: 'x', id: null } }));
    await expect(foreign).rejects.toThrow(/row-level security/);
  });

  it('is read in pages that neither repeat nor skip, forwards and back', async () => {
    const { admin, write } = await tenant();
    for (let index = 0; index < 7; index += 1) await write(`n${index}`, { outcome: index % 2 === 0 ? 'done' : 'denied' });
    const read = (cursor: string | null) => listAudit(parts, { principal: admin, limit: 3, cursor: cursor ?? undefined });
    const first = await read(null);
    const second = await read(first.next);
    const third = await read(second.next);
    expect([first, second, third].map(({ data }) => data.map(({ action }) => action).join())).toEqual(['n0,n1,n2', 'n3,n4,n5', 'n6']);
    expect([first.previous, third.next]).toEqual([null, null]);
    const back = await read(third.previous);
    expect(back.data.map(({ action }) => action)).toEqual(['n3', 'n4', 'n5']);
    expect((await read(back.previous)).data.map(({ action }) => action)).toEqual(['n0', 'n1', 'n2']);
    const denied = await listAudit(parts, { principal: admin, limit: 100, outcome: 'denied' });
    expect(denied.data.map(({ action }) => action)).toEqual(['n1', 'n3', 'n5']);
    await expect(listAudit(parts, { principal: admin, limit: 3, outcome: 'denied', cursor: first.next! })).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
