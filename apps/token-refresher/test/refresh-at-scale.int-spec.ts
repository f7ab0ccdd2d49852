import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Statement } from '@trunkline/persistence';
import { waitFor } from '@trunkline/testing';
import { dueHosts, takeDue } from '../src/refresh/refresh-lease.js';
import { anyProviderConnector, CountingHost } from './support/counting-host.js';
import { World, type Connected } from './support/world.js';

const cap = 5;
let world: World;
let folder: string;
const hosts: CountingHost[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connectors-'));
  await mkdir(join(folder, 'any_provider'));
  await writeFile(join(folder, 'any_provider', 'connector.yaml'), anyProviderConnector);
  for (let index = 0; index < 3; index += 1) hosts.push(await new CountingHost().start());
  world = await World.start({
    environment: {
      TRUNKLINE_CATALOG_FOLDERS: folder,
      TRUNKLINE_EGRESS_ALLOW: hosts.map(({ authority }) => authority).join(','),
      TRUNKLINE_REFRESH_SWEEP_INTERVAL_MS: '100',
      TRUNKLINE_REFRESH_HOST_CONCURRENCY: String(cap),
      TRUNKLINE_REFRESH_SWEEP_CONCURRENCY: '24',
      LOG_LEVEL: 'warn',
    },
  });
});
afterAll(async () => {
  for (const host of hosts) host.release();
  await world.stop();
  for (const host of hosts) await host.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  for (const host of hosts) {
    host.release();
    Object.assign(host, { delayMs: 0, peak: 0 });
    host.used.length = 0;
  }
});

const connectAt = (host: CountingHost): Promise<Connected> => world.connect({ connector: 'any_provider', inputs: { url: host.url } });

/** So many connections, all due now. */
async function dueAt(host: CountingHost, count: number): Promise<string[]> {
  const connected: Connected[] = [];
  while (connected.length < count) connected.push(...(await Promise.all(Array.from({ length: Math.min(40, count - connected.length) }, () => connectAt(host)))));
  const ids = connected.map(({ connectionId }) => connectionId);
  await world.database.query(
    `UPDATE tokens.credential SET refresh_due_at = now() - interval '1 second', access_expires_at = now() + interval '5 minutes', stored_at = now() - interval '1 hour' WHERE connection_id = ANY($1)`,
    [ids],
  );
  return ids;
}
const renewed = async (ids: readonly string[]): Promise<number> =>
  (await world.database.query<{ count: number }>('SELECT count(*)::int AS count FROM tokens.credential WHERE connection_id = ANY($1) AND version = 2', [ids]))[0]!.count;

describe('requests at one host', () => {
  it('are never more than the cap, and each credential is asked for once', async () => {
    const [host] = hosts as [CountingHost];
    host.delayMs = 20;
    const ids = await dueAt(host, 200);
    await waitFor(async () => (await renewed(ids)) === 200, { what: 'all to be renewed', timeoutMs: 20_000 });
    expect(host.used).toHaveLength(200);
    expect(new Set(host.used).size).toBe(200);
    expect(host.peak).toBe(cap);
  });

  it('of callers count too, and come before the sweep\'s', async () => {
    const [host] = hosts as [CountingHost];
    host.hangs = true;
    const ids = await dueAt(host, 30);
    await waitFor(() => host.used.length === cap, { what: 'the host to be full' });
    const urgent = await connectAt(host);
    await world.set(urgent.connectionId, `access_expires_at = now() - interval '1 second', refresh_due_at = now() + interval '1 hour', stored_at = now() - interval '1 hour'`);
    const resolved = world.resolve({ connectionId: urgent.connectionId });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([host.used.length, host.peak]).toEqual([cap, cap]);
    host.release();
    await resolved;
    // Whatever of the sweep's was leased by then waits behind it.
    expect(host.used.indexOf(urgent.refreshToken)).toBe(cap);
    await waitFor(async () => (await renewed(ids)) === 30, { what: 'the others' });
  });
});

describe('a host that hangs', () => {
  it('delays no other, and holds no more leases than it may have requests', async () => {
    const [first, second, well] = hosts as [CountingHost, CountingHost, CountingHost];
    first.hangs = true;
    second.hangs = true;
    const stuck = [...(await dueAt(first, 40)), ...(await dueAt(second, 40))];
    await waitFor(() => first.used.length === cap && second.used.length === cap, { what: 'both to be full' });
    const ids = await dueAt(well, 60);
    await waitFor(async () => (await renewed(ids)) === 60, { what: 'the host that works', timeoutMs: 10_000 });
    expect(await renewed(stuck)).toBe(0);
    // What was leased before anybody knew that they hang is given back when its turn does not come.
    await waitFor(async () => (await world.database.query('SELECT 1 FROM tokens.credential WHERE lease_owner IS NOT NULL')).length === 2 * cap, { what: 'leases given back', timeoutMs: 15_000 });
    expect([first.used.length, second.used.length]).toEqual([cap, cap]);
    first.release();
    second.release();
    await waitFor(async () => (await renewed(stuck)) === 80, { what: 'those that hung', timeoutMs: 20_000 });
    expect(new Set([...first.used, ...second.used]).size).toBe(80);
  });

  it('is found where it is now, if the catalog says another place than before', async () => {
    const [, , well] = hosts as [CountingHost, CountingHost, CountingHost];
    const { connectionId: id } = await connectAt(well);
    await world.set(id, `refresh_host = 'where.it.was:443', refresh_due_at = now() - interval '1 second'`);
    await waitFor(async () => (await renewed([id])) === 1, { what: 'the one that stood elsewhere' });
    expect(await world.row(id)).toMatchObject({ refresh_host: well.authority, lease_owner: null });
  });
});

describe('the claim', () => {
  it('reads no more than it takes, however much is stored, paused or due elsewhere', async () => {
    // Nobody sweeps here.
    const quiet = await World.start();
    const explain = async ({ text }: Statement, values: unknown[]) => (await quiet.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE) ${text}`, values)).map((row) => row['QUERY PLAN']).join('\n');
    try {
      const { connectionId } = await quiet.connect();
      const columns = (await quiet.database.query<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns
         WHERE table_schema = 'tokens' AND table_name = 'credential' AND column_name NOT IN ('connection_id', 'refresh_host', 'refresh_due_at', 'next_attempt_at')`,
      )).map(({ name }) => name).join(', ');
      // A third each: due tomorrow; due but paused after a failure; due.
      await quiet.database.query(`
        INSERT INTO tokens.credential (connection_id, refresh_host, refresh_due_at, next_attempt_at, ${columns})
        SELECT 'many_' || n, (ARRAY['later', 'paused', 'due'])[n % 3 + 1], now() + make_interval(secs => CASE n % 3 WHEN 0 THEN 86400 - n ELSE -n END),
          CASE WHEN n % 3 = 1 THEN now() + interval '1 day' END, ${columns}
        FROM generate_series(1, 30000) AS n, tokens.credential WHERE connection_id = $1`, [connectionId]);
      await quiet.database.query('VACUUM ANALYZE tokens.credential');
      const plan = await explain(takeDue, ['nobody', 45, ['later', 'paused', 'due'], [10, 10, 10]]);
      expect(plan).toMatch(/Index Scan using credential_due_at_host/);
      expect(plan).not.toMatch(/Seq Scan|Sort|Rows Removed/);
      const taken = await quiet.database.query<{ id: string }>(`SELECT connection_id AS id FROM tokens.credential WHERE lease_owner = 'nobody'`);
      // The ten that are overdue the longest.
      expect(taken.map(({ id }) => Number(id.slice(5))).sort((a, b) => b - a)).toEqual(Array.from({ length: 10 }, (_, index) => 29_999 - index * 3));
      expect(await explain(dueHosts, [])).not.toMatch(/Seq Scan/);
      expect(await quiet.database.query(dueHosts.text)).toEqual([{ host: 'due' }]);
    } finally {
      await quiet.stop();
    }
  });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
