import type { Sync } from '@trunkline/contracts';
import { send } from './crm-server.js';
import { shopCatalog, startShop, type ShopServer } from './shop-server.js';
import { World } from './world.js';

const requests = 12;
const perSeconds = 1;

/** The stream `metered` may be asked twelve times a second, by all workers of all replicas together, for each account. */
describe("an account's budget of calls", () => {
  let world: World;
  let shop: ShopServer;

  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(async () => {
    await world?.end();
  });
  beforeEach(async () => {
    world.connections.clear();
    world.accounts.clear();
    shop = await startShop({ metered: Array.from({ length: 20 }, (_, index) => ({ id: index + 1 })) });
  });
  afterEach(async () => {
    await world.stopServices();
    await shop.close();
  });

  const start = (more: Record<string, string> = {}) => world.start(shop as never, { TRUNKLINE_CATALOG_FOLDERS: shopCatalog, TRUNKLINE_SYNC_LEASE_SECONDS: '10', ...more });
  async function connect(account: string): Promise<string> {
    const { id } = world.connect(null, { connector: 'shop', projectIds: [world.projectId] });
    world.accounts.set(id, account);
    await world.createFlow({ connectionId: id, streams: ['metered'] as never });
    return id;
  }
  const runOf = (sync: Sync, connectionId: string) => sync.runs.find((run) => run.connectionId === connectionId)!;
  const momentsOf = (connectionId: string) => shop.requests.filter(({ authorization }) => authorization === `Bearer token-of-${connectionId}`).map(({ at }) => at);
  /** Most requests of any window of the rule's length. */
  const most = (moments: number[]) => Math.max(...moments.map((from) => moments.filter((moment) => moment >= from && moment < from + perSeconds * 1_000).length));

  it('is never exceeded by two replicas of several workers, and another account is not slowed', async () => {
    await Promise.all([start({ TRUNKLINE_SYNC_WORKERS: '3' }), start({ TRUNKLINE_SYNC_WORKERS: '3' })]);
    const shared = await Promise.all([1, 2, 3].map(() => connect('account-1')));
    const alone = await connect('account-2');
    const sync = await world.syncToTheEnd(60_000);
    expect(sync).toMatchObject({ status: 'succeeded', records: 80 });
    const together = shared.flatMap(momentsOf).sort((one, other) => one - other);
    expect(together).toHaveLength(60);
    expect(most(together)).toBeLessThanOrEqual(requests);
    // Sixty at twelve a second is five windows; what is lost to the grace is less than as much again.
    expect(together.at(-1)! - together[0]!).toBeLessThan(15_000);
    const other = momentsOf(alone);
    expect(most(other)).toBeLessThanOrEqual(requests);
    expect(other.at(-1)! - other[0]!).toBeLessThan((together.at(-1)! - together[0]!) * 0.75);
    expect(Date.parse(runOf(sync, alone).finishedAt!)).toBeLessThan(Math.max(...shared.map((id) => Date.parse(runOf(sync, id).finishedAt!))));
  }, 90_000);

  it('spent for longer than a slice lasts: the stream is left for later, its failures are not counted, and another is read', async () => {
    await start({ TRUNKLINE_SYNC_WORKERS: '1', TRUNKLINE_SYNC_SLICE_SECONDS: '0.3', TRUNKLINE_SYNC_MAX_ATTEMPTS: '2' });
    await connect('account-3');
    const sync = await world.syncToTheEnd(60_000);
    expect(sync).toMatchObject({ status: 'succeeded', records: 20 });
    expect(await world.database.query(`SELECT 1 FROM sync.task WHERE attempts > 0`)).toEqual([]);
  }, 90_000);

  it('a provider that says to wait is left alone by every replica', async () => {
    await Promise.all([start({ TRUNKLINE_SYNC_WORKERS: '2' }), start({ TRUNKLINE_SYNC_WORKERS: '2' })]);
    const ids = await Promise.all([1, 2, 3].map(() => connect('account-4')));
    let told = 0;
    let early = 0;
    shop.intercept(({ at }, response) => {
      if (told === 0 && shop.requests.length >= 4) {
        told = at;
        send(response, 429, {}, { 'retry-after': '3' });
        return 'answered';
      }
      // What was under way already may still come.
      if (told > 0 && at > told + 400 && at < told + 2_800) early += 1;
    });
    expect(await world.syncToTheEnd(60_000)).toMatchObject({ status: 'succeeded', records: 60 });
    expect(ids).toHaveLength(3);
    expect(early).toBe(0);
  }, 90_000);
});
