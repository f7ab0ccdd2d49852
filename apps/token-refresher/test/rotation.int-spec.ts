import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { credentialRotations, credentials, newId, Secret, type Principal, type Rotation } from '@trunkline/contracts';
import { createDataSource, PostgresDataKeyStore } from '@trunkline/persistence';
import { startProcess, waitFor } from '@trunkline/testing';
import { createVault, parseMasterKeys, sealedKeyVersion } from '@trunkline/vault';
import { CredentialSeal } from '../src/credential/credential-seal.js';
import { sealedTables } from '../src/rotation/sealed-tables.js';
import { tokensDatabase } from '../src/index.js';
import { codeOf, World, type Connected } from './support/world.js';

const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };
const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const environment = { TRUNKLINE_MASTER_KEY: `1:${one},2:${two}`, TRUNKLINE_DATA_KEY_MAX_AGE_SECONDS: '1' };

interface Sealed {
  readonly connectionId: string;
  readonly platformId: string;
  readonly projectId: string | null;
  readonly sealed: Buffer;
}

const start = (world: World, kind: 'master' | 'data', tenant?: string) =>
  world.client.rpc.call(credentialRotations.start, { principal: operator, rotation: { kind, destroyOld: false, ...(tenant === undefined ? {} : { tenant }) } });
const ended = (world: World, { id }: { id: string }): Promise<Rotation> =>
  waitFor(async () => {
    const rotation = await world.client.rpc.call(credentialRotations.get, { principal: operator, id });
    return rotation.status !== 'running' && rotation;
  }, { timeoutMs: 90_000, intervalMs: 200, what: `rotation ${id} to end` });
const rows = (world: World) => world.database.query<Sealed>('SELECT connection_id AS "connectionId", platform_id AS "platformId", project_id AS "projectId", sealed FROM tokens.credential WHERE sealed IS NOT NULL');
const keyVersionsInUse = async (world: World) => [...new Set((await rows(world)).map(({ sealed }) => sealedKeyVersion(sealed)))].sort();

const loader = fileURLToPath(new URL('../../../libs/testing/typescript-loader.mjs', import.meta.url));

/** The service as a process of its own, from its sources. */
const startOutside = (world: World, over: Record<string, string> = {}) =>
  startProcess(fileURLToPath(new URL('../src/main.ts', import.meta.url)), {
    NODE_OPTIONS: `--conditions=@trunkline/source --import=${loader}`,
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: world.database.url,
    NATS_URL: world.natsUrl,
    TRUNKLINE_SANDBOX_URL: world.provider.url,
    TRUNKLINE_EGRESS_ALLOW: world.provider.authority,
    ...environment,
    ...over,
  });

/** Consents for so many connections of each tenant, a few at a time. */
async function fill(world: World, tenants: readonly (string | null)[], each: number): Promise<Connected[]> {
  const wanted = tenants.flatMap((projectId) => Array.from({ length: each }, () => projectId));
  const connected: Connected[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let projectId = wanted.pop(); projectId !== undefined; projectId = wanted.pop()) connected.push(await world.connect({ projectId }));
    }),
  );
  return connected;
}

describe('rotating both keys under load', () => {
  let world: World;
  let dataSource: DataSource;
  let connected: Connected[];
  beforeAll(async () => {
    world = await World.start({ instances: 0, environment });
    const before = await world.addService({ TRUNKLINE_MASTER_KEY_PRIMARY: '1' });
    connected = await fill(world, [world.projectId, newId('project'), newId('project'), newId('project'), null], 102);
    await before.close();
    await Promise.all([world.addService(), world.addService()]);
    dataSource = await createDataSource('test', { databaseUrl: new Secret(world.database.url), databasePoolSize: 5, databaseStatementTimeoutMs: 30_000 }, tokensDatabase).initialize();
  }, 120_000);
  afterAll(async () => {
    await dataSource?.destroy();
    await world?.stop();
  });

  it('fails no read, loses no write, and ends with every value at the newest version', async () => {
    const whoOf = ({ projectId }: Connected) => world.principal(projectId === null ? { reach: 'platform', projectId: null } : { projectId });
    const failures: string[] = [];
    const counts = { reads: 0, writes: 0 };
    let running = true;
    const busy = new Set<string>();
    const any = () => connected[Math.floor(Math.random() * connected.length)]!;
    const noting = async (work: () => Promise<void>) => {
      while (running) await work().catch((error: unknown) => failures.push(String(error)));
    };
    const reading = () => noting(async () => {
      const credential = any();
      const { token } = await world.resolve({ connectionId: credential.connectionId }, whoOf(credential));
      if (!token!.reveal().startsWith('canary')) failures.push('an odd token');
      counts.reads += 1;
    });
    // One writer at a time for each, as its lease would see to; the provider is strict: a refresh token that was lost shows at the next refresh.
    const writing = () => noting(async () => {
      const credential = any();
      if (busy.has(credential.connectionId)) return;
      busy.add(credential.connectionId);
      try {
        await world.client.rpc.call(credentials.refresh, { principal: whoOf(credential), connectionId: credential.connectionId });
        counts.writes += 1;
      } finally {
        busy.delete(credential.connectionId);
      }
    });
    const load = [reading(), reading(), reading(), writing(), writing(), writing()];
    const [data, master] = await Promise.all([start(world, 'data'), start(world, 'master')]);
    const outcomes = await Promise.all([ended(world, data), ended(world, master)]);
    running = false;
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(outcomes).toEqual([expect.objectContaining({ status: 'done', failed: 0 }), expect.objectContaining({ status: 'done', failed: 0 })]);
    expect(counts.reads).toBeGreaterThan(30);
    expect(counts.writes).toBeGreaterThan(20);
    expect(outcomes[0]!.done).toBeGreaterThan(250);
    expect(await keyVersionsInUse(world)).toEqual([2]);
    expect(await world.database.query('SELECT tenant FROM tokens.data_key WHERE master_version <> 2')).toEqual([]);

    const seal = new CredentialSeal(createVault({ masterKeys: parseMasterKeys(`2:${two}`), dataKeys: new PostgresDataKeyStore(dataSource) }));
    const stored = await rows(world);
    expect(stored).toHaveLength(connected.length);
    for (const row of stored) {
      const members = await seal.open(row);
      if (members.type !== 'OAUTH2') throw new Error('not an OAuth credential');
      expect(world.provider.accepts(members.accessToken.reveal())).toBe(true);
      expect(world.provider.renews(members.refreshToken!.reveal())).toBe(true);
    }
    expect((await world.logs()).leaks).toEqual([]);
  }, 150_000);

  it('joins a rotation that is under way', async () => {
    const started = await Promise.all(Array.from({ length: 6 }, () => start(world, 'data', world.projectId)));
    expect(new Set(started.map(({ id }) => id)).size).toBe(1);
    expect((await ended(world, started[0]!)).status).toBe('done');
    expect(await world.database.query('SELECT version FROM tokens.data_key WHERE tenant = $1 ORDER BY version', [world.projectId])).toEqual([1, 2, 3].map((version) => ({ version })));
  }, 60_000);

  it('is nobody\'s but the operator\'s', async () => {
    for (const principal of [world.principal(), world.principal({ scopes: ['admin'], reach: 'platform', projectId: null })]) {
      expect(await codeOf(world.client.rpc.call(credentialRotations.start, { principal, rotation: { kind: 'data', destroyOld: true } }))).toBe('AUTHORIZATION');
      expect(await codeOf(world.client.rpc.call(credentialRotations.list, { principal }))).toBe('AUTHORIZATION');
    }
  });

  it.each([
    ['another key', `2:${randomBytes(32).toString('base64')}`, 'does not open the data keys of this database'],
    ['the old key alone', `1:${one}`, 'master key version 2 is not configured'],
  ])('lets nobody start with %s', async (_, key, says) => {
    const program = startOutside(world, { TRUNKLINE_MASTER_KEY: key });
    try {
      await waitFor(() => !program.running(), { timeoutMs: 30_000, what: 'the process to give up' });
      expect(program.output()).toContain(says);
      expect(program.output()).toContain('TRUNKLINE_MASTER_KEY');
    } finally {
      await program.kill('SIGKILL');
    }
  }, 60_000);

  it('knows every sealed column there is', async () => {
    const columns = await world.database.query<{ name: string }>(`SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'tokens' AND column_name LIKE '%sealed%' ORDER BY 1`);
    expect(columns.map(({ name }) => name)).toEqual(sealedTables.map(({ table, sealed }) => `${table}.${sealed}`).sort());
  });
});

it('goes on in another process when the one at work is killed', async () => {
  const world = await World.start({ instances: 0, environment });
  const program = startOutside(world);
  const client = new Client({ connectionString: world.database.url });
  try {
    await waitFor(async () => (await world.client.rpc.call(credentialRotations.list, { principal: operator })).rotations, { timeoutMs: 60_000, what: 'the process to answer' });
    const connected = await fill(world, [world.projectId], 130);
    // The last row is held, so that the sweep stands still in its midst.
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM tokens.credential ORDER BY connection_id DESC LIMIT 1 FOR UPDATE');
    const rotation = await start(world, 'data');
    await waitFor(async () => (await world.database.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%unnest%' AND datname = current_database()`)).length > 0, { timeoutMs: 30_000, what: 'the sweep to stand still' });
    expect(await keyVersionsInUse(world)).toEqual([1, 2]);
    await program.kill('SIGKILL');
    const [left] = await world.database.query<{ status: string; done: number }>('SELECT status, done_count AS done FROM tokens.rotation WHERE id = $1', [rotation.id]);
    expect(left).toEqual({ status: 'running', done: 100 });

    await world.addService();
    await client.query('ROLLBACK');
    expect(await ended(world, rotation)).toMatchObject({ status: 'done', failed: 0 });
    expect(await keyVersionsInUse(world)).toEqual([2]);
    expect(await rows(world)).toHaveLength(connected.length);
    for (const { connectionId, accessToken } of connected.slice(0, 20)) expect((await world.resolve({ connectionId })).token!.reveal()).toBe(accessToken);
  } finally {
    await program.kill('SIGKILL');
    await client.end();
    await world.stop();
  }
}, 150_000);
