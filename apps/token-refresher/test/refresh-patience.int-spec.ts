import { waitFor } from '@trunkline/testing';
import { codeOf, World } from './support/world.js';

let world: World;
beforeAll(async () => {
  // A lease of 15 s is renewed every five; other requests are given up after four.
  world = await World.start({ instances: 2, environment: { TRUNKLINE_REFRESH_LEASE_SECONDS: '15', TRUNKLINE_REFRESH_HTTP_DEADLINE_MS: '4000' } });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.provider.rotation = 'strict';
});

const leaseLeft = async (connectionId: string): Promise<number> => {
  const [row] = await world.database.query<{ left: number }>('SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS left FROM tokens.credential WHERE connection_id = $1', [connectionId]);
  return row!.left;
};

it('waits for an answer longer than any lease or deadline, keeps the lease meanwhile, and stores it', async () => {
  const { connectionId } = await world.connect();
  await world.makeDue(connectionId, 600);
  const before = world.provider.calls.length;
  const hold = world.provider.hold();
  await world.resolve({ connectionId });
  await hold.arrived;
  // As if the database had been away until the lease had run out: its holder has it again before anybody takes it.
  await world.set(connectionId, `lease_until = now() - interval '1 second'`);
  await waitFor(async () => (await leaseLeft(connectionId)) > 13, { timeoutMs: 20_000, what: 'the lease to be renewed' });
  // Others are served the living token and send nothing; who wants more waits no longer than its own deadline allows.
  await world.set(connectionId, `lease_until = now() + interval '3 seconds'`);
  await waitFor(async () => (await leaseLeft(connectionId)) > 13, { timeoutMs: 20_000, what: 'the lease to be renewed again' });
  for (let asked = 0; asked < 10; asked += 1) expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
  expect(world.provider.calls).toHaveLength(before);
  hold.release();
  await waitFor(async () => (await world.row(connectionId)).version === 2, { what: 'the late answer to be stored' });
  expect(world.provider.calls).toHaveLength(before + 1);
  expect(await world.row(connectionId)).toMatchObject({ status: 'usable', lease_owner: null, lease_until: null, lease_fence: 1, intent_id: null, failures: 0 });
}, 60_000);

it('does not take a lease back that passed to another; the answer is still waited for, and dropped', async () => {
  world.provider.rotation = 'grace';
  const { connectionId } = await world.connect();
  await world.makeDue(connectionId, 600);
  const hold = world.provider.hold();
  await world.resolve({ connectionId });
  await hold.arrived;
  await world.set(connectionId, `lease_fence = lease_fence + 1, lease_owner = 'another', lease_until = now() + interval '1 second'`);
  await waitFor(async () => (await world.logs()).text.includes('the lease passed to another while the provider was asked'), { timeoutMs: 20_000, what: 'the renewal to be refused' });
  hold.release();
  await waitFor(() => world.provider.revoked.length > 0, { what: 'the late token to be revoked' });
  expect(await world.row(connectionId)).toMatchObject({ version: 1, lease_owner: 'another', status: 'usable' });
  expect(await codeOf(world.resolve({ connectionId }))).toBe('none');
}, 60_000);

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
