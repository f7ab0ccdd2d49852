import { startOwnPostgres, waitFor, type OwnPostgres } from '@trunkline/testing';
import { RefreshWorld, type Connected } from './refresh-world.js';
import { ResultsTable } from './results-table.js';

/** What happens to a token when whoever fetches it dies, freezes, or cannot write it down. */
let world: RefreshWorld;
let postgres: OwnPostgres;
const table = new ResultsTable('crash', 'rotation', 'provider calls', 'verdict', 'outcome');
beforeAll(async () => {
  postgres = await startOwnPostgres();
  world = await RefreshWorld.start({ databaseUrl: postgres.url });
}, 120_000);
afterAll(async () => {
  table.print();
  await world?.stop();
  await postgres?.remove();
}, 60_000);

const killAll = () => Promise.all(world.refreshers.map((name) => world.stack.kill(name)));
const startAll = () => Promise.all(world.refreshers.map((name) => world.stack.start(name)));
const secondsSince = (moment: number) => Math.round((performance.now() - moment) / 1_000);

/** The platform has the request and keeps the answer back; nobody waits for our own answer, which a killed process will not give. */
async function midway({ id, grant }: Connected): Promise<() => void> {
  const held = world.platform.hold(grant);
  await world.expire(id);
  void world.resolve(id).catch(() => undefined);
  await held.arrived;
  return held.release;
}

it('kill -9 of all replicas between the answer and its storing', async () => {
  const rotations = ['strict', 'grace', 'none'] as const;
  const connected: Connected[] = [];
  for (const rotation of rotations) {
    world.platform.rotation = rotation;
    connected.push(await world.connect());
  }
  const ids = connected.map(({ id }) => id);
  const releases = await Promise.all(connected.map(midway));
  // Whoever wants to store the answer waits at the row.
  const locked = world.stack.database.query('WITH held AS MATERIALIZED (SELECT 1 FROM tokens.credential WHERE connection_id = ANY($1) FOR UPDATE) SELECT pg_sleep(3) FROM (SELECT count(*) FROM held) all_of_them', [ids]);
  await waitFor(async () => (await world.stack.database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).length > 0, { what: 'the rows to be locked' });
  releases.forEach((release) => release());
  await waitFor(async () => (await world.stack.database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length >= ids.length, { what: 'the answers to wait for being stored' });
  const killed = performance.now();
  await killAll();
  await locked;
  await startAll();

  const [strict, grace, none] = connected as [Connected, Connected, Connected];
  for (const [name, tolerant] of [['grace', grace], ['none', none]] as const) {
    await table.try(['kill -9 between answer and storing', name], async () => {
      const { body } = await world.resolveAtLast(tolerant.id, 65_000);
      expect(world.platform.grants.ownerOf(body.token)).toBe(tolerant.grant);
      return `recovered after ${secondsSince(killed)} s`;
    }).finally(() => table.insert(2, String(tolerant.grant.calls)));
  }
  await table.try(['kill -9 between answer and storing', 'strict'], async () => {
    await waitFor(async () => (await world.row(strict.id)).status === 'broken', { what: 'the lost token to be told', timeoutMs: 65_000 });
    expect(secondsSince(killed)).toBeLessThanOrEqual(65);
    expect((await world.row(strict.id)).status_reason).toBe('refresh_outcome_unknown');
    await waitFor(async () => (await world.status(strict.id)) === 'ERROR', { what: 'the connection to show it', timeoutMs: 10_000 });
    const calls = strict.grant.calls;
    const took = secondsSince(killed);
    for (let read = 0; read < 10; read += 1) expect((await world.resolve(strict.id)).body.code).toBe('CREDENTIAL_NEEDS_RECONNECT');
    expect([strict.grant.calls, calls]).toEqual([2, 2]);
    return `flagged after ${took} s with its cause, no loop`;
  }).finally(() => table.insert(2, String(strict.grant.calls)));
}, 180_000);

it('a frozen holder of the lease comes back when another has taken over', async () => {
  world.platform.rotation = 'grace';
  const connected = await world.connect();
  await table.try(['holder frozen (SIGSTOP) until taken over', 'grace'], async () => {
    const [first, ...others] = world.refreshers as [string, ...string[]];
    await Promise.all(others.map((name) => world.stack.kill(name, 'SIGTERM')));
    const release = await midway(connected);
    const { pid } = world.stack.processes.get(first)!;
    const before = new Set(connected.grant.accessTokens);
    let late: string;
    process.kill(pid, 'SIGSTOP');
    try {
      release();
      await waitFor(() => connected.grant.inFlight === 0, { what: 'the platform to have answered' });
      [late] = [...connected.grant.accessTokens].filter((token) => !before.has(token)) as [string];
      await world.set(connected.id, `refresh_due_at = now()`);
      await Promise.all(others.map((name) => world.stack.start(name)));
      await waitFor(async () => (await world.row(connected.id)).version === 2, { what: 'another replica to take over', timeoutMs: 65_000 });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const { body } = await world.resolveAtLast(connected.id);
    // The answer that came too late: its access token is ended at the platform, and nothing of it is stored.
    await waitFor(() => world.platform.revoked.includes(late), { what: 'the late token to be revoked', timeoutMs: 30_000 });
    expect((await world.row(connected.id)).version).toBe(2);
    expect(world.platform.grants.ownerOf(body.token)).toBe(connected.grant);
    return 'its write was refused, its token revoked';
  }).finally(() => table.insert(2, String(connected.grant.calls)));
}, 300_000);

it('PostgreSQL is away when the answer comes, and the replica is killed: the token waits on disk', async () => {
  world.platform.rotation = 'strict';
  const connected = await world.connect();
  await table.try(['database away at storing, then kill -9', 'strict'], async () => {
    const release = await midway(connected);
    await postgres.crash();
    release();
    await waitFor(() => connected.grant.inFlight === 0, { what: 'the platform to have answered' });
    await waitFor(() => world.refreshers.some((name) => world.stack.processes.get(name)!.output().includes('it is kept on disk, sealed')), { what: 'the token to be put on disk', timeoutMs: 30_000 });
    await killAll();
    await postgres.start();
    await startAll();
    const { body } = await world.resolveAtLast(connected.id, 65_000);
    expect(world.platform.grants.ownerOf(body.token)).toBe(connected.grant);
    expect([connected.grant.alive, connected.grant.calls]).toEqual([true, 1]);
    return 'stored from the spool, no second call';
  }).finally(() => table.insert(2, String(connected.grant.calls)));
}, 180_000);
