import { credentials, newId } from '@trunkline/contracts';
import { codeOf, World } from './support/world.js';

/** Three services, each with its own connections to the same Postgres and NATS: what holds among them holds among machines. */
let world: World;
beforeAll(async () => {
  world = await World.start({ instances: 3 });
});
afterAll(() => world.stop());

const resolveMany = (connectionId: string, count: number) => Promise.all(Array.from({ length: count }, () => world.resolve({ connectionId })));

describe('many callers, several replicas', () => {
  it('asks the provider once for 200 simultaneous resolves of an expired token, and all get the new one', async () => {
    const { connectionId, accessToken } = await world.connect();
    await world.expire(connectionId);
    const before = world.provider.calls.length;
    const hold = world.provider.hold();
    const replies = resolveMany(connectionId, 200);
    await hold.arrived;
    // A slow provider: everybody else has arrived and waits by now.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    hold.release();
    const tokens = new Set((await replies).map(({ token }) => token!.reveal()));
    expect(world.provider.calls.length - before).toBe(1);
    expect(tokens.size).toBe(1);
    expect(tokens.has(accessToken)).toBe(false);
    expect(world.provider.accepts([...tokens][0]!)).toBe(true);
    expect((await world.row(connectionId)).version).toBe(2);
    await world.waitForEvent('refreshed', connectionId);
  });

  it('does so again and again, with a provider that is as fast as can be', async () => {
    const { connectionId } = await world.connect();
    for (let round = 1; round <= 10; round += 1) {
      await world.expire(connectionId);
      const before = world.provider.calls.length;
      const tokens = new Set((await resolveMany(connectionId, 60)).map(({ token }) => token!.reveal()));
      expect(world.provider.calls.length - before).toBe(1);
      expect(tokens.size).toBe(1);
    }
  });

  it('keeps connections apart: forty expired ones cost forty calls', async () => {
    const connected = await Promise.all(Array.from({ length: 40 }, () => world.connect()));
    await Promise.all(connected.map(({ connectionId }) => world.expire(connectionId)));
    const before = world.provider.calls.length;
    const replies = await Promise.all([...connected, ...connected, ...connected].map(({ connectionId }) => world.resolve({ connectionId })));
    expect(world.provider.calls.length - before).toBe(40);
    expect(new Set(replies.map(({ token }) => token!.reveal())).size).toBe(40);
  });

  it('shares one request among people who press refresh at the same time, on any replica', async () => {
    const { connectionId } = await world.connect();
    const before = world.provider.calls.length;
    const hold = world.provider.hold();
    const presses = Promise.all(Array.from({ length: 60 }, () => world.refresh(connectionId)));
    await hold.arrived;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    hold.release();
    const replies = await presses;
    expect(world.provider.calls.length - before).toBe(1);
    expect(replies.every(({ refreshed }) => refreshed)).toBe(true);
    // One that comes afterwards is a wish of its own.
    await world.refresh(connectionId);
    expect(world.provider.calls.length - before).toBe(2);
  });

  it('mixes resolves, leases and manual refreshes over one token and still asks once', async () => {
    const { connectionId } = await world.connect();
    await world.expire(connectionId);
    const before = world.provider.calls.length;
    const hold = world.provider.hold();
    const all = Promise.all([
      ...Array.from({ length: 30 }, () => world.resolve({ connectionId }).then(({ token }) => token!.reveal())),
      ...Array.from({ length: 30 }, () => world.lease(connectionId).then(({ credential }) => (credential.type === 'OAUTH2' ? credential.accessToken.reveal() : ''))),
    ]);
    await hold.arrived;
    const presses = Promise.all(Array.from({ length: 10 }, () => world.refresh(connectionId)));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    hold.release();
    expect(new Set(await all).size).toBe(1);
    expect((await presses).every(({ refreshed }) => refreshed)).toBe(true);
    expect(world.provider.calls.length - before).toBe(1);
  });

  it('makes one data key for a project that many replicas store for at once', async () => {
    const projectId = newId('project');
    await Promise.all(Array.from({ length: 24 }, () => world.connect({ projectId })));
    const keys = await world.database.query('SELECT version FROM tokens.data_key WHERE tenant = $1', [projectId]);
    expect(keys).toHaveLength(1);
    const codes = await Promise.all(
      (await world.database.query<{ id: string }>('SELECT connection_id AS id FROM tokens.credential WHERE project_id = $1', [projectId])).map(({ id }) =>
        codeOf(world.client.rpc.call(credentials.resolve, { principal: world.principal({ projectId }), connectionId: id })),
      ),
    );
    expect(codes).toEqual(Array.from({ length: 24 }, () => 'none'));
  });
});

it('logs nothing secret', async () => {
  expect((await world.logs()).leaks).toEqual([]);
});
