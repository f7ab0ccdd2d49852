import { randomBytes, randomUUID } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import { createDataSource, migrate, PostgresDataKeyStore } from '@trunkline/persistence';
import { createTestDatabase, startTestService, type TestDatabase } from '@trunkline/testing';
import type { DataSource } from 'typeorm';
import { oauthBroker, oauthDatabase } from '../src/index.js';

describe('data keys in Postgres', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let store: PostgresDataKeyStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    const config = { databaseUrl: new Secret(database.url), databasePoolSize: 5, databaseStatementTimeoutMs: 30_000 };
    dataSource = await createDataSource('oauth-broker', config, oauthDatabase).initialize();
    await migrate(dataSource, 'oauth', database.url);
    store = new PostgresDataKeyStore(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const key = (tenant: string, version: number) => ({ tenant, version, masterVersion: 1, wrapped: new Uint8Array(randomBytes(61)) });
  const hex = (stored: { wrapped: Uint8Array } | null) => stored && Buffer.from(stored.wrapped).toString('hex');

  it('come back byte for byte, the highest version first', async () => {
    const tenant = randomUUID();
    expect(await store.findPrimary(tenant)).toBeNull();
    const keys = [key(tenant, 2), key(tenant, 10), key(tenant, 9)];
    for (const each of keys) expect(hex(await store.insert(each))).toBe(hex(each));
    expect(await store.findPrimary(tenant)).toMatchObject({ tenant, version: 10, masterVersion: 1 });
    expect(hex(await store.find(tenant, 9))).toBe(hex(keys[2]!));
    expect(await store.find(tenant, 3)).toBeNull();
    expect(await store.find(randomUUID(), 9)).toBeNull();
  });

  it('have one winner when many are inserted at once, and it is never replaced', async () => {
    const tenant = randomUUID();
    const keys = Array.from({ length: 20 }, () => key(tenant, 1));
    const winners = await Promise.all(keys.map((each) => store.insert(each)));
    const stored = hex(await store.find(tenant, 1));
    expect(keys.map(hex)).toContain(stored);
    expect(new Set(winners.map(hex))).toEqual(new Set([stored]));
    expect(hex(await store.insert(key(tenant, 1)))).toBe(stored);
  });
});

describe('without a usable master key', () => {
  // Neither database nor NATS is reached: the configuration is looked at first.
  const nowhere = { databaseUrl: 'postgres://127.0.0.1:1/none', natsUrl: 'nats://127.0.0.1:1' };

  it.each([undefined, 'too short', Buffer.alloc(16).toString('base64')])('the service does not start: %s', async (key) => {
    const environment: Record<string, string> = key === undefined ? {} : { TRUNKLINE_MASTER_KEY: key };
    await expect(startTestService(oauthBroker, { ...nowhere, environment })).rejects.toThrow(/master key|MASTER_KEY/);
  });
});
