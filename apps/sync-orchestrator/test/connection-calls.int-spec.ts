import { connectionCalled, type Connection } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { send, startCrm, type CrmServer } from './crm-server.js';
import { World } from './world.js';

describe('what reading says of a connection', () => {
  let world: World;
  let crm: CrmServer;

  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(async () => {
    await world?.end();
  });
  beforeEach(async () => {
    crm = await startCrm({ contacts: 250, companies: 20, deals: 20, activities: 20 });
    world.connections.clear();
    world.onLease = () => undefined;
  });
  afterEach(async () => {
    await world.stopServices();
    await crm.close();
    await world.database.query('UPDATE sync.flow SET enabled = false');
  });

  const calls = async ({ id }: Connection) => world.told(connectionCalled, ({ connectionId }) => connectionId === id);
  /** Every fact that will be told is told: the outbox is empty. */
  const allTold = () => waitFor(async () => (await world.database.query('SELECT 1 FROM sync.outbox')).length === 0, { what: 'the outbox to be empty' });
  const answer = (status: number, onlyFor = 'contacts') =>
    crm.intercept(({ stream }, response) => {
      if (stream !== onlyFor) return;
      send(response, status, { error: 'no' });
      return 'answered';
    });

  it('is told once a minute as long as it succeeds, however many slices and replicas there are', async () => {
    await Promise.all([world.start(crm, { TRUNKLINE_SYNC_SLICE_SECONDS: '0' }), world.start(crm, { TRUNKLINE_SYNC_SLICE_SECONDS: '0' })]);
    const connection = world.connect();
    await world.syncToTheEnd();
    await world.syncToTheEnd();
    await allTold();
    expect(await calls(connection)).toEqual([{ connectionId: connection.id, at: expect.any(String) as string, source: 'sync', outcome: 'succeeded', code: null }]);
    await world.database.query(`UPDATE sync.call_told SET told_at = told_at - interval '61 seconds' WHERE connection_id = $1`, [connection.id]);
    await world.syncToTheEnd();
    await allTold();
    expect(await calls(connection)).toHaveLength(2);
  });

  it.each([
    [403, { outcome: 'forbidden', code: 'forbidden_403' }],
    [401, { outcome: 'unauthorized', code: 'unauthorized_401' }],
    [400, { outcome: 'failed', code: 'rejected_400' }],
  ])('is told when the provider answers %i to the end of a slice', async (status, call) => {
    await world.start(crm);
    const connection = world.connect();
    answer(status);
    await world.syncToTheEnd();
    await allTold();
    const told = await calls(connection);
    expect(told.filter(({ outcome }) => outcome !== 'succeeded')).toMatchObject([{ ...call, source: 'sync', connectionId: connection.id }]);
    expect(told.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1);
  });

  it('counts trouble that passes within a slice for nothing, and each slice that ends in it', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_MAX_ATTEMPTS: '2' });
    const connection = world.connect();
    crm.intercept(({ stream, number }, response) => {
      if (stream !== 'contacts' || number > 1) return;
      send(response, 503, { error: 'once' });
      return 'answered';
    });
    expect(await world.syncToTheEnd()).toMatchObject({ status: 'succeeded' });
    await allTold();
    expect(await calls(connection)).toMatchObject([{ outcome: 'succeeded' }]);
    answer(503);
    expect(await world.syncToTheEnd(30_000)).toMatchObject({ status: 'partial' });
    await allTold();
    expect((await calls(connection)).filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ code: 'unavailable_503' }, { code: 'unavailable_503' }]);
  }, 60_000);

  it('is nothing when the fault is ours, or the keeper told it already', async () => {
    await world.start(crm);
    const connection = world.connect();
    for (const code of ['CREDENTIAL_NEEDS_RECONNECT', 'CONNECTOR_MISCONFIGURED'] as const) {
      world.onLease = () => {
        throw new AppError(code, 'no');
      };
      await world.syncToTheEnd();
    }
    await allTold();
    expect(await calls(connection)).toEqual([]);
  });
});
