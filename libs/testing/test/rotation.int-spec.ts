import { randomBytes, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { credentialRotations, Secret, type Principal, type Rotation } from '@trunkline/contracts';
import { createDataSource, PostgresDataKeyStore } from '@trunkline/persistence';
import { AppError, type RunningService } from '@trunkline/service';
import { createVault, parseMasterKeys, sealedKeyVersion, type Vault } from '@trunkline/vault';
import { connectTestClient, createTestDatabase, startTestNats, startTestService, waitFor, type TestClient, type TestDatabase, type TestNats } from '../src/index.js';
import { contextOf, sealingDatabase, sealingService } from './sealing-service.js';

const operator: Principal = { kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] };
const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const maxAgeSeconds = 1;

let database: TestDatabase;
let nats: TestNats;
let client: TestClient;
let dataSource: DataSource;
const services: RunningService[] = [];

const startOne = async (masterKey: string): Promise<RunningService> => {
  const environment = { TRUNKLINE_MASTER_KEY: masterKey, TRUNKLINE_DATA_KEY_MAX_AGE_SECONDS: String(maxAgeSeconds) };
  const service = await startTestService(sealingService, { databaseUrl: database.url, natsUrl: nats.url, environment });
  services.push(service);
  return service;
};
const stopAll = async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
};

/** Somebody else who seals and opens: `Infinity` stands for one that never notices a newer key. */
const someVault = (masterKey = one, primaryMaxAgeMs = maxAgeSeconds * 1_000): Vault =>
  createVault({ masterKeys: parseMasterKeys(masterKey), dataKeys: new PostgresDataKeyStore(dataSource), primaryMaxAgeMs });

async function fill(vault: Vault, owners: readonly string[], count: number, table = 'box'): Promise<{ id: string; owner: string }[]> {
  const boxes = Array.from({ length: count }, (_, index) => ({ id: randomUUID(), owner: owners[index % owners.length]! }));
  for (const box of boxes) await put(vault, box, `secret of ${box.id}`, table);
  return boxes;
}
const put = async (vault: Vault, box: { id: string; owner: string }, text: string, table = 'box') =>
  void (await database.query(`INSERT INTO sealing."${table}" (id, owner, sealed) VALUES ($1, $2, $3)`, [box.id, box.owner, Buffer.from(await vault.seal(contextOf(box), text))]));

const start = (rotation: { kind: 'master' | 'data'; tenant?: string; destroyOld?: boolean }, principal = operator) =>
  client.rpc.call(credentialRotations.start, { principal, rotation: { destroyOld: false, ...rotation } });
const get = (id: string) => client.rpc.call(credentialRotations.get, { principal: operator, id });
const ended = (id: string): Promise<Rotation> =>
  waitFor(async () => {
    const rotation = await get(id);
    return rotation.status !== 'running' && rotation;
  }, { timeoutMs: 40_000, intervalMs: 100, what: `rotation ${id} to end` });
const versions = async (owner: string, table = 'box'): Promise<number[]> => {
  const rows = await database.query<{ sealed: Buffer }>(`SELECT sealed FROM sealing."${table}" WHERE owner = $1 AND sealed IS NOT NULL`, [owner]);
  return [...new Set(rows.map(({ sealed }) => sealedKeyVersion(sealed)))].sort();
};
const keyVersions = async (owner: string): Promise<number[]> =>
  (await database.query<{ version: number }>('SELECT version FROM sealing.data_key WHERE tenant = $1 ORDER BY version', [owner])).map(({ version }) => version);

beforeAll(async () => {
  [database, nats] = await Promise.all([createTestDatabase(), startTestNats()]);
  await startOne(one);
  client = await connectTestClient(nats.url, 'gateway');
  dataSource = await createDataSource('test', { databaseUrl: new Secret(database.url), databasePoolSize: 10, databaseStatementTimeoutMs: 30_000 }, sealingDatabase).initialize();
});
afterAll(async () => {
  await stopAll();
  await client?.close();
  await dataSource?.destroy();
  await nats.stop();
  await database.drop();
});

const owner = () => `proj_${randomUUID().slice(0, 8)}`;

describe('data keys', () => {
  beforeAll(() => startOne(one));

  it('are rotated while values are read and written: nothing fails, nothing is lost, everything ends at the newest', async () => {
    const owners = [owner(), owner(), owner()];
    const [reader, writer] = [someVault(), someVault()];
    const boxes = [...(await fill(writer, owners, 150)), ...(await fill(writer, owners, 20, 'second'))].slice(0, 150);
    const last = new Map<string, string>();
    let running = true;
    let reads = 0;
    const reading = (async () => {
      while (running) {
        const rows = await database.query<{ id: string; owner: string; sealed: Buffer }>('SELECT id, owner, sealed FROM sealing.box WHERE owner = ANY ($1) ORDER BY random() LIMIT 20', [owners]);
        for (const row of rows) {
          expect(await reader.openText(contextOf(row), row.sealed)).toMatch(row.id);
          reads += 1;
        }
      }
    })();
    const writing = (async () => {
      for (let index = 0; running; index += 1) {
        const box = boxes[index % boxes.length]!;
        const text = `${box.id} number ${index}`;
        await dataSource.query('UPDATE sealing.box SET sealed = $2, writes = writes + 1 WHERE id = $1', [box.id, Buffer.from(await writer.seal(contextOf(box), text))]);
        last.set(box.id, text);
      }
    })();
    const rotation = await ended((await start({ kind: 'data' })).id);
    running = false;
    await Promise.all([reading, writing]);

    expect(rotation).toMatchObject({ status: 'done', failed: 0, lastError: null });
    expect(rotation.done).toBeGreaterThan(0);
    expect(rotation.done).toBe(rotation.total);
    expect(reads).toBeGreaterThan(100);
    expect(last.size).toBeGreaterThan(20);
    for (const each of owners) {
      expect(await keyVersions(each)).toEqual([1, 2]);
      expect([await versions(each), await versions(each, 'second')]).toEqual([[2], [2]]);
    }
    const cold = someVault();
    for (const row of await database.query<{ id: string; owner: string; sealed: Buffer }>('SELECT id, owner, sealed FROM sealing.box')) {
      expect(await cold.openText(contextOf(row), row.sealed)).toBe(last.get(row.id) ?? `secret of ${row.id}`);
    }
  });

  it('a value sealed with the former key after the sweep has passed is caught', async () => {
    const mine = owner();
    const slow = someVault(one, Number.POSITIVE_INFINITY);
    await fill(slow, [mine], 3);
    const { id } = await start({ kind: 'data', tenant: mine });
    await waitFor(async () => (await versions(mine)).join() === '2', { what: 'the sweep to have passed' });
    expect((await get(id)).status).toBe('running');
    const late = { id: randomUUID(), owner: mine };
    await put(slow, late, 'late');
    expect(await versions(mine)).toEqual([1, 2]);
    expect(await ended(id)).toMatchObject({ status: 'done', done: 4, total: 4 });
    expect(await versions(mine)).toEqual([2]);
  });

  it('a write that comes between reading and replacing wins', async () => {
    const mine = owner();
    const vault = someVault();
    const [box] = await fill(vault, [mine], 1);
    // The row is held while the sweep has read it already and is about to replace it.
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('UPDATE sealing.box SET sealed = $2 WHERE id = $1', [box!.id, Buffer.from(await vault.seal(contextOf(box!), 'newer'))]);
    const { id } = await start({ kind: 'data', tenant: mine });
    await waitFor(async () => (await database.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%unnest%' AND datname = current_database()`)).length > 0, { what: 'the sweep to wait for the row' });
    await runner.commitTransaction();
    await runner.release();
    expect((await ended(id)).status).toBe('done');
    const [row] = await database.query<{ sealed: Buffer }>('SELECT sealed FROM sealing.box WHERE id = $1', [box!.id]);
    expect(sealedKeyVersion(row!.sealed)).toBe(2);
    expect(await someVault().openText(contextOf(box!), row!.sealed)).toBe('newer');
  });

  it('are known to a replica that has not seen them yet', async () => {
    const mine = owner();
    const [here, elsewhere] = [someVault(), someVault(one, Number.POSITIVE_INFINITY)];
    await fill(elsewhere, [mine], 1);
    await here.rotateDataKey(mine, 1);
    const box = { id: 'x', owner: mine };
    const sealed = await here.seal(contextOf(box), 'new');
    expect(sealedKeyVersion(sealed)).toBe(2);
    expect(await elsewhere.openText(contextOf(box), sealed)).toBe('new');
  });

  it('that are old are destroyed only when nothing is sealed with them', async () => {
    const mine = owner();
    const slow = someVault(one, Number.POSITIVE_INFINITY);
    await fill(slow, [mine], 5);
    const { id } = await start({ kind: 'data', tenant: mine, destroyOld: true });
    await waitFor(async () => (await database.query('SELECT 1 FROM sealing.rotation WHERE id = $1 AND clean_at IS NOT NULL', [id])).length > 0, { timeoutMs: 20_000, what: 'nothing to be left' });
    // Between the last look and the destruction: it must be looked at again.
    const late = { id: randomUUID(), owner: mine };
    await put(slow, late, 'late');
    expect(await ended(id)).toMatchObject({ status: 'done', destroyOld: true, done: 6 });
    expect(await keyVersions(mine)).toEqual([2]);
    const [row] = await database.query<{ sealed: Buffer }>('SELECT sealed FROM sealing.box WHERE id = $1', [late.id]);
    expect(await someVault().openText(contextOf(late), row!.sealed)).toBe('late');
  });

  it('of a value that does not open stay, and the rotation says so', async () => {
    const mine = owner();
    const vault = someVault();
    const [good, bad] = await fill(vault, [mine], 2);
    await database.query(`UPDATE sealing.box SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE id = $1`, [bad!.id]);
    const rotation = await ended((await start({ kind: 'data', tenant: mine, destroyOld: true })).id);
    expect(rotation).toMatchObject({ status: 'failed', failed: 1, done: 1, total: 2, lastError: `VAULT_SEALED_CORRUPT: box ${bad!.id}` });
    expect(await keyVersions(mine)).toEqual([1, 2]);
    const [row] = await database.query<{ sealed: Buffer }>('SELECT sealed FROM sealing.box WHERE id = $1', [good!.id]);
    expect(sealedKeyVersion(row!.sealed)).toBe(2);
    await database.query('DELETE FROM sealing.box WHERE id = $1', [bad!.id]);
  });
});

it('of everyone tells a value whose tenant has no data key instead of passing it over', async () => {
  const [box] = await fill(someVault(), [owner()], 1);
  await database.query('UPDATE sealing.box SET owner = $2 WHERE id = $1', [box!.id, owner()]);
  const rotation = await ended((await start({ kind: 'data', destroyOld: true })).id);
  expect(rotation).toMatchObject({ status: 'failed', failed: 1, lastError: `VAULT_KEY_UNKNOWN: the tenant of box ${box!.id} has no data key` });
  await database.query('DELETE FROM sealing.box WHERE id = $1', [box!.id]);
});

describe('asking', () => {
  it('for the same twice is one rotation, for another tenant another', async () => {
    const mine = owner();
    await fill(someVault(), [mine], 1);
    const asked = await Promise.all(Array.from({ length: 8 }, (_, index) => start({ kind: 'data', tenant: mine, destroyOld: index === 3 })));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    const other = await start({ kind: 'data', tenant: owner() });
    expect(other.id).not.toBe(asked[0]!.id);
    expect(await ended(asked[0]!.id)).toMatchObject({ status: 'done', destroyOld: true, requestedBy: 'operator' });
    expect(await keyVersions(mine)).toEqual([2]);
    expect((await start({ kind: 'data', tenant: mine })).id).not.toBe(asked[0]!.id);
    const { rotations } = await client.rpc.call(credentialRotations.list, { principal: operator });
    expect(rotations.map(({ id }) => id)).toEqual(expect.arrayContaining([asked[0]!.id, other.id]));
  });

  it('is the operator\'s alone', async () => {
    const principal: Principal = { ...operator, kind: 'api_key', reach: 'platform', platformId: 'plat_1' };
    for (const work of [start({ kind: 'master' }, principal), client.rpc.call(credentialRotations.list, { principal }), client.rpc.call(credentialRotations.get, { principal, id: 'rot_1' })]) {
      await expect(work).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    }
    await expect(get('rot_unknown')).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(start({ kind: 'master', destroyOld: true })).rejects.toBeInstanceOf(AppError);
  });
});

describe('the master key', () => {
  it('is rotated by replicas that know the new one; the old one is not needed afterwards', async () => {
    const mine = owner();
    const [box] = await fill(someVault(), [mine], 1);
    // Asked of a replica with both keys, found by one that has the first alone: it leaves the work.
    await database.query(`INSERT INTO sealing.rotation (id, kind, destroy_old, requested_by, target_version) VALUES ('rot_waits', 'master', false, 'operator', 2)`);
    await waitFor(async () => (await get('rot_waits')).lastError?.includes('does not know master key version 2'), { what: 'the old replicas to pass it over' });
    await startOne(`1:${one},2:${two}`);
    expect(await ended('rot_waits')).toMatchObject({ status: 'done', failed: 0, lastError: null });
    expect(await database.query('SELECT 1 FROM sealing.data_key WHERE master_version <> 2')).toEqual([]);
    await stopAll();

    const [row] = await database.query<{ sealed: Buffer }>('SELECT sealed FROM sealing.box WHERE id = $1', [box!.id]);
    expect(await someVault(`2:${two}`).openText(contextOf(box!), row!.sealed)).toBe(`secret of ${box!.id}`);
    await startOne(`2:${two}`);
    expect(await ended((await start({ kind: 'master' })).id)).toMatchObject({ status: 'done', total: 0, done: 0 });
  });
});
