import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { Secret, uuidv7 } from '@trunkline/contracts';
import { createDataSource, Outbox, Sql } from '@trunkline/persistence';
import { tokensDatabase } from '../src/index.js';
import { RefreshLease, type LeasedCredential } from '../src/refresh/refresh-lease.js';
import { SettleRefresh, type NewValue } from '../src/refresh/settle-refresh.js';
import { World } from './support/world.js';

let world: World;
let database: DataSource;
let leases: RefreshLease;
let settle: SettleRefresh;
beforeAll(async () => {
  world = await World.start();
  const config = { databaseUrl: new Secret(world.database.url), databasePoolSize: 5, databaseStatementTimeoutMs: 20_000 };
  database = await createDataSource('token-refresher', config, tokensDatabase).initialize();
  leases = new RefreshLease(new Sql(database));
  settle = new SettleRefresh(database, new Outbox());
});
afterAll(async () => {
  await database.destroy();
  await world.stop();
});

const value = (over: Partial<NewValue> = {}): NewValue => ({
  intentId: uuidv7(),
  sealed: Buffer.from(randomUUID()),
  tokenType: 'Bearer',
  scopes: [],
  ageSeconds: () => 0,
  schedule: { lifetimeSeconds: 3_600, dueInSeconds: 3_000 },
  refreshExpiresInSeconds: null,
  suspectTokenDigest: null,
  ...over,
});
const leased = async (count: number): Promise<LeasedCredential[]> =>
  Promise.all(Array.from({ length: count }, async () => {
    const { connectionId } = await world.connect();
    return (await leases.take(connectionId, 45))!;
  }));
const rowOf = ({ connectionId }: LeasedCredential) => world.row(connectionId);
/** Transactions that wrote these rows: those of one batch have the same one. */
const writers = async (held: readonly LeasedCredential[]) =>
  (await world.database.query<{ writer: string }>('SELECT DISTINCT xmin::text AS writer FROM tokens.credential WHERE connection_id = ANY($1)', [held.map(({ connectionId }) => connectionId)])).length;
const another = (held: LeasedCredential) => world.set(held.connectionId, 'lease_fence = lease_fence + 1');

describe('token sets that are ready at the same moment', () => {
  it('are stored by one transaction, each row with its own', async () => {
    const held = await leased(6);
    const values = held.map((_, index) => value({ scopes: index === 0 ? [] : [`crm.read "${index}"`, 'back\\slash', 'a,b', 'NULL'], tokenType: `Type ${index}`, schedule: { lifetimeSeconds: index === 2 ? null : 1_000 + index, dueInSeconds: 500 } }));
    expect(await Promise.all(held.map((lease, index) => settle.commit(lease, values[index]!)))).toEqual(held.map(() => 'stored'));
    expect(await writers(held)).toBe(1);
    const rows = await Promise.all(held.map(rowOf));
    expect(rows.map(({ sealed, scopes, token_type, settled_intent_id, access_lifetime_seconds, version, lease_owner }) => ({ sealed, scopes, token_type, settled_intent_id, access_lifetime_seconds, version, lease_owner }))).toEqual(
      values.map(({ sealed, scopes, tokenType, intentId, schedule }) => ({ sealed, scopes, token_type: tokenType, settled_intent_id: intentId, access_lifetime_seconds: schedule.lifetimeSeconds, version: 2, lease_owner: null })),
    );
    for (const { connectionId } of held) expect((await world.waitForEvent('refreshed', connectionId)).credentialVersion).toBe(2);
    expect(held.map(({ connectionId }) => world.told('refreshed', connectionId).length)).toEqual(held.map(() => 1));
  });

  it('are each held against their own fence: what was overtaken is not written, nor told, and its neighbours are', async () => {
    const held = await leased(4);
    await another(held[1]!);
    await world.delete(held[2]!.connectionId);
    expect(await Promise.all(held.map((lease) => settle.commit(lease, value())))).toEqual(['stored', 'overtaken', 'deleted', 'stored']);
    expect((await rowOf(held[1]!)).version).toBe(1);
    await world.waitForEvent('refreshed', held[3]!.connectionId);
    expect(world.told('refreshed', held[1]!.connectionId)).toEqual([]);
  });

  it('are known again when the answer to their commit was lost: nothing is stored or told twice', async () => {
    const held = await leased(3);
    const values = held.map(() => value());
    const commitAll = () => Promise.all(held.map((lease, index) => settle.commit(lease, values[index]!)));
    await commitAll();
    expect(await commitAll()).toEqual(['stored', 'stored', 'stored']);
    expect(await Promise.all(held.map(async (lease) => (await rowOf(lease)).version))).toEqual([2, 2, 2]);
    await world.waitForEvent('refreshed', held[2]!.connectionId);
    expect(await world.database.query(`SELECT 1 FROM tokens.outbox`)).toEqual([]);
    expect(held.map(({ connectionId }) => world.told('refreshed', connectionId).length)).toEqual([1, 1, 1]);
  });

  it('do not suffer for one that the database refuses', async () => {
    const held = await leased(9);
    const outcomes = await Promise.allSettled(held.map((lease, index) => settle.commit(lease, value(index === 4 ? { tokenType: 'no\u0000text' } : {}))));
    expect(outcomes.map(({ status }, index) => [index, status])).toEqual(held.map((_, index) => [index, index === 4 ? 'rejected' : 'fulfilled']));
    expect(await Promise.all(held.map(async (lease) => (await rowOf(lease)).version))).toEqual([2, 2, 2, 2, 1, 2, 2, 2, 2]);
  });

  it('do not wait long for one whose row somebody else holds', async () => {
    const held = await leased(4);
    const client = new Client({ connectionString: world.database.url });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM tokens.credential WHERE connection_id = $1 FOR UPDATE', [held[0]!.connectionId]);
      const commits = held.map((lease) => settle.commit(lease, value()));
      expect(await Promise.all(commits.slice(1))).toEqual(['stored', 'stored', 'stored']);
      expect((await rowOf(held[0]!)).version).toBe(1);
      await client.query('COMMIT');
      expect(await commits[0]).toBe('stored');
    } finally {
      await client.end();
    }
  });
});

it('intents of the same moment are noted by one statement, each under its own fence', async () => {
  const held = await leased(4);
  await another(held[1]!);
  await world.set(held[2]!.connectionId, `lease_until = now() + interval '5 seconds'`);
  const intents = await Promise.all(held.map((lease, index) => leases.intend(lease, `digest ${index}`, 20)));
  expect(intents.map((intent) => typeof intent)).toEqual(['string', 'undefined', 'undefined', 'string']);
  const rows = await Promise.all(held.map(rowOf));
  expect(rows.map(({ intent_id, intent_token_digest }) => [intent_id, intent_token_digest])).toEqual([[intents[0], 'digest 0'], [null, null], [null, null], [intents[3], 'digest 3']]);
  expect(await writers([held[0]!, held[3]!])).toBe(1);
});
