import type { FlowStream, Sync } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { send } from './crm-server.js';
import { shopCatalog, startShop, type ShopRow, type ShopServer, type ShopStream } from './shop-server.js';
import { endWorkerProcesses, startWorkerProcess } from './worker-process.js';
import { World } from './world.js';

const rows = (count: number, from = 1): ShopRow[] => Array.from({ length: count }, (_, index) => ({ id: `p${from + index}`, name: `Product ${from + index}` }));

/** Mark and sweep by generation: what a complete pass does not bring is gone, and nothing else ever is. */
describe('deletions nobody tells', () => {
  let world: World;
  let shop: ShopServer;
  let id: string;

  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(async () => {
    endWorkerProcesses();
    await world?.end();
  });
  beforeEach(async () => {
    world.connections.clear();
    shop = await startShop({ products: rows(100) });
  });
  afterEach(async () => {
    endWorkerProcesses();
    await world.stopServices();
    await shop.close();
  });

  const environment = (more: Record<string, string> = {}) => ({ TRUNKLINE_CATALOG_FOLDERS: shopCatalog, ...more });
  const start = (more: Record<string, string> = {}) => world.start(shop as never, environment(more));
  /** A connection of a platform, so that it has the flows a test makes and no other. */
  async function flow(streams: (string | Partial<FlowStream> & { name: string })[]): Promise<void> {
    ({ id } = world.connect(null, { connector: 'shop', projectIds: [world.projectId] }));
    await world.createFlow({ connectionId: id, streams: streams as never });
  }
  const stream = (sync: Sync, name = 'products') => sync.runs[0]!.streams.find((one) => one.stream === name)!;
  const held = async () => [...(await world.applied(id)).values()].filter(({ op }) => op === 'upsert').map(({ key }) => key).sort();
  const there = (name: ShopStream = 'products') => shop.rows[name].map(({ id: key }) => String(key)).sort();
  const known = async () => (await world.database.query<{ key: string }>('SELECT key FROM sync.live_key k JOIN sync.key_set s ON s.id = k.set_id WHERE s.connection_id = $1', [id])).map(({ key }) => key).sort();

  it('are published after a complete pass, and once', async () => {
    await start();
    await flow(['products']);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ status: 'succeeded', records: 100, deleted: 0, error: null });
    shop.rows.products = [...rows(60), ...rows(5, 200)];
    expect(stream(await world.syncToTheEnd())).toMatchObject({ status: 'succeeded', records: 65 + 40, deleted: 40, error: null });
    expect(await held()).toEqual(there());
    expect(await known()).toEqual(there());
    expect(stream(await world.syncToTheEnd())).toMatchObject({ records: 65, deleted: 0, error: null });
    // One that comes back is a record again.
    shop.rows.products = [...shop.rows.products, { id: 'p70', name: 'back' }];
    await world.syncToTheEnd();
    expect(await held()).toEqual(there());
  });

  it('are not concluded from one pass over pages that are counted: what moved up meanwhile was only left out', async () => {
    shop.rows.shelves = rows(30);
    await start();
    await flow(['shelves']);
    await world.syncToTheEnd();
    // One of the first page goes while the second is on its way: all behind it move up, and the eleventh is never seen.
    shop.intercept(({ number }) => {
      if (number === 5) shop.rows.shelves = shop.rows.shelves.filter(({ id: key }) => key !== 'p1');
    });
    const sync = await world.syncToTheEnd();
    expect(stream(sync, 'shelves')).toMatchObject({ status: 'succeeded', records: 29, deleted: 0, error: null });
    shop.intercept(null);
    // The one that was left out came again; the one that went did not for the first time, and then not again.
    expect(stream(await world.syncToTheEnd(), 'shelves')).toMatchObject({ records: 29, deleted: 0, error: null });
    expect(stream(await world.syncToTheEnd(), 'shelves')).toMatchObject({ records: 30, deleted: 1, error: null });
    expect(await held()).toEqual(there('shelves'));
    // A list of one page cannot have left anything out.
    shop.rows.shelves = rows(9);
    await world.syncToTheEnd();
    await world.syncToTheEnd();
    shop.rows.shelves = rows(8);
    expect(stream(await world.syncToTheEnd(), 'shelves')).toMatchObject({ deleted: 1, error: null });
  });

  it('are concluded where the flow wants them and the stream does not say so; with a cursor each pass is a whole one', async () => {
    shop.rows.orders = Array.from({ length: 250 }, (_, index) => ({ id: `o${index}`, updated_at: '2025-01-01T00:00:00.000Z' }));
    await start();
    await flow([{ name: 'orders', mode: 'incremental_with_deletions' }]);
    await world.syncToTheEnd();
    shop.rows.orders = shop.rows.orders.slice(0, 200);
    expect(stream(await world.syncToTheEnd(), 'orders')).toMatchObject({ deleted: 50, error: null });
    expect(await held()).toEqual(there('orders'));
  });

  it('are not looked for by a flow that reads what changed, nor by one that reads everything', async () => {
    shop.rows.orders = Array.from({ length: 20 }, (_, index) => ({ id: `o${index}`, updated_at: '2025-01-01T00:00:00.000Z' }));
    await start();
    await flow([{ name: 'orders', mode: 'full' }]);
    await world.syncToTheEnd();
    shop.rows.orders = shop.rows.orders.slice(0, 15);
    expect(stream(await world.syncToTheEnd(), 'orders')).toMatchObject({ records: 15, deleted: 0 });
    expect(await known()).toEqual([]);
  });

  it('an empty list once: nothing is deleted, and it is said; the second time it is believed', async () => {
    await start();
    await flow(['products']);
    await world.syncToTheEnd();
    shop.rows.products = [];
    const warned = stream(await world.syncToTheEnd());
    expect(warned).toMatchObject({ status: 'succeeded', deleted: 0, error: { code: 'deletions_withheld' } });
    expect(await held()).toHaveLength(100);
    // Half of them come back: what is missing a second time is few enough by itself.
    shop.rows.products = rows(30);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ deleted: 70, error: null });
    shop.rows.products = [];
    expect(stream(await world.syncToTheEnd())).toMatchObject({ deleted: 0, error: { code: 'deletions_withheld' } });
    expect(stream(await world.syncToTheEnd())).toMatchObject({ deleted: 30, error: null });
    expect(await held()).toEqual([]);
  });

  it('page 7 of 10 fails: nothing is deleted by that pass, also when it ends well, and the next one does it', async () => {
    await start({ TRUNKLINE_SYNC_MAX_ATTEMPTS: '5' });
    await flow(['products']);
    await world.syncToTheEnd();
    shop.rows.products = rows(95);
    let failures = 0;
    shop.intercept(({ url }, response) => {
      if (url.searchParams.get('after') !== 'p60' || failures >= 3) return;
      failures += 1;
      send(response, 500, {});
      return 'answered';
    });
    const shaken = stream(await world.syncToTheEnd(30_000));
    expect(failures).toBe(3);
    expect(shaken).toMatchObject({ status: 'succeeded', deleted: 0, error: null });
    expect(await held()).toHaveLength(100);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ deleted: 5 });
  }, 60_000);

  it('page 7 of 10 fails for good: the run fails and nothing is deleted', async () => {
    await start();
    await flow(['products']);
    await world.syncToTheEnd();
    shop.rows.products = rows(95);
    shop.intercept(({ url }, response) => {
      if (url.searchParams.get('after') !== 'p60') return;
      send(response, 400, {});
      return 'answered';
    });
    expect(stream(await world.syncToTheEnd())).toMatchObject({ status: 'failed', deleted: 0, error: { code: 'request_rejected' } });
    shop.intercept(null);
    // The rest of that pass is read, and is no complete one.
    expect(stream(await world.syncToTheEnd())).toMatchObject({ status: 'succeeded', deleted: 0 });
    expect(await held()).toHaveLength(100);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ deleted: 5 });
    expect(await held()).toEqual(there());
  });

  it.each<[string, (row: ShopRow) => unknown]>([
    ['a record that was put aside', () => ({ name: 'without an id' })],
    ['a record no batch carries', ({ id: key }) => ({ id: key, note: 'x'.repeat(600_000) })],
  ])('%s: that pass deletes nothing', async (_, broken) => {
    await start();
    await flow(['products']);
    await world.syncToTheEnd();
    shop.rows.products = rows(95);
    shop.intercept(({ url }, response) => {
      if (url.searchParams.get('after') !== 'p50') return;
      send(response, 200, { items: [...shop.rows.products.slice(50, 59), broken(shop.rows.products[59]!)], next: 'p60' });
      return 'answered';
    });
    expect(stream(await world.syncToTheEnd())).toMatchObject({ status: 'succeeded', deleted: 0, quarantined: 1 });
    shop.intercept(null);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ deleted: 5 });
  });

  it('an answer that is to be taken for nothing: that pass deletes nothing', async () => {
    await start();
    await flow(['products']);
    await world.syncToTheEnd();
    shop.intercept(({ url }, response) => {
      if (url.searchParams.get('after') !== 'p80') return;
      send(response, 410, {});
      return 'answered';
    });
    expect(stream(await world.syncToTheEnd())).toMatchObject({ status: 'succeeded', records: 80, deleted: 0 });
    expect(await held()).toHaveLength(100);
  });

  it('the worker is killed while it deletes: another one goes on, and what was read meanwhile stays', async () => {
    shop.rows.products = rows(9_000);
    const settings = { TRUNKLINE_SYNC_PAGE_SIZE: '500' };
    const victim = await startWorkerProcess(world.environment(shop as never, environment({ ...settings, DATABASE_URL: world.database.url, NATS_URL: world.nats.url })));
    await flow(['products']);
    await world.syncToTheEnd(60_000);
    shop.rows.products = rows(4_500);
    const { syncId } = await world.run();
    await waitFor(async () => (await world.database.query(`SELECT 1 FROM sync.checkpoint WHERE sweep ->> 'phase' = 'sweeping' AND sweep ->> 'after' <> ''`)).length > 0, { what: 'the deletions to be under way', timeoutMs: 30_000, intervalMs: 2 });
    victim.signal('SIGKILL');
    await victim.gone;
    await start(settings);
    expect(stream(await world.ended(syncId, 30_000))).toMatchObject({ status: 'succeeded', deleted: 4_500, records: 9_000 });
    expect(await held()).toEqual(there());
    expect(await known()).toEqual(there());
  }, 120_000);

  it('a flow that is cancelled while it deletes keeps what is left, and the next complete pass deletes it', async () => {
    await start();
    await flow(['products']);
    await world.syncToTheEnd();
    shop.rows.products = rows(60);
    await world.syncToTheEnd();
    // As if it had been cancelled half way: a sweep of another run.
    await world.database.query(`INSERT INTO sync.live_key (set_id, digest, pass, first_pass, key) SELECT id, '\\x00', 1, 1, 'p99' FROM sync.key_set WHERE connection_id = $1`, [id]);
    await world.database.query(`UPDATE sync.checkpoint SET sweep = '{"phase":"sweeping","before":3,"after":"","withheld":0}', run_id = 'run_cancelled' WHERE flow_id = (SELECT id FROM sync.flow WHERE connection_id = $1)`, [id]);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ records: 61, deleted: 1 });
    expect(await known()).toEqual(there());
  });

  it('the keys of another account are no ground for deletions, and are forgotten like those of a flow that was deleted', async () => {
    await start();
    await flow(['products']);
    await world.syncToTheEnd();
    const former = id;
    ({ id } = world.connect(null, { connector: 'shop', projectIds: [world.projectId] }));
    await world.database.query(`UPDATE sync.flow SET connection_id = $2 WHERE connection_id = $1`, [former, id]);
    await world.database.query('UPDATE sync.checkpoint SET state = NULL WHERE flow_id = (SELECT id FROM sync.flow WHERE connection_id = $1)', [id]);
    shop.rows.products = rows(60);
    world.connections.delete(former);
    expect(stream(await world.syncToTheEnd())).toMatchObject({ records: 60, deleted: 0, error: null });
    await world.database.query('UPDATE sync.flow SET deleted_at = now() WHERE connection_id = $1', [id]);
    await waitFor(async () => (await world.database.query('SELECT 1 FROM sync.key_set WHERE connection_id IN ($1, $2)', [former, id])).length === 0, { what: 'the keys to be forgotten', timeoutMs: 40_000 });
  }, 60_000);

  it('the fields that are chosen leave, and those that name the record', async () => {
    shop.rows.products = [{ id: 1, name: 'One', price: 5, secret: 'x' }];
    await start();
    await flow([{ name: 'products', fields: ['price'] }]);
    await world.syncToTheEnd();
    expect((await world.applied(id)).get('products/1')!.data).toEqual({ id: 1, price: 5 });
    expect(JSON.stringify(await world.batches(id))).not.toContain('secret');
  });
});
