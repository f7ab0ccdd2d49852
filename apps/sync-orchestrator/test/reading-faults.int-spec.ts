import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { FlowStream } from '@trunkline/contracts';
import { startLossyRelay, startHttpServer, startTestService, waitFor, type TestHttpServer, type LossyRelay } from '@trunkline/testing';
import { syncOrchestrator } from '../src/index.js';
import { send } from './crm-server.js';
import { shopCatalog, startShop, type ShopServer } from './shop-server.js';
import { endWorkerProcesses, startWorkerProcess } from './worker-process.js';
import { World } from './world.js';

const oneMoment = '2025-03-01T12:00:00.000Z';

/** What a provider and the ways to it do to a reader: no record is lost, nothing runs for ever, no secret goes astray. */
describe('a reading survives', () => {
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
    shop = await startShop({
      products: Array.from({ length: 100 }, (_, index) => ({ id: `p${index}` })),
      orders: Array.from({ length: 500 }, (_, index) => ({ id: `o${index}`, updated_at: oneMoment })),
      notes: Array.from({ length: 30 }, (_, index) => ({ id: `n${index}` })),
    });
  });
  afterEach(async () => {
    endWorkerProcesses();
    await world.stopServices();
    await shop.close();
  });

  const environment = (more: Record<string, string> = {}) => world.environment(shop as never, { TRUNKLINE_CATALOG_FOLDERS: shopCatalog, ...more });
  const start = (more: Record<string, string> = {}) => world.start(shop as never, { TRUNKLINE_CATALOG_FOLDERS: shopCatalog, ...more });
  async function flow(...streams: (string | Partial<FlowStream>)[]): Promise<void> {
    ({ id } = world.connect(null, { connector: 'shop', projectIds: [world.projectId] }));
    await world.createFlow({ connectionId: id, streams: streams as never });
  }
  const keys = async () => [...(await world.applied(id)).keys()].sort();
  const ofOrders = () => shop.rows.orders.map(({ id: key }) => `orders/${key}`).sort();

  it('five hundred records of one moment, with the worker killed at each page: none is lost, nor in the next pass', async () => {
    const processEnvironment = { ...environment(), TRUNKLINE_SYNC_LEASE_SECONDS: '1', DATABASE_URL: world.database.url, NATS_URL: world.nats.url };
    let syncId: string | undefined;
    for (const page of [1, 2, 3, 4]) {
      const killAt = `o${page * 100 - 1}`;
      let reached = false;
      shop.intercept(async ({ url }) => {
        if (url.searchParams.get('after') !== killAt) return;
        reached = true;
        await new Promise((resolve) => setTimeout(resolve, 10_000));
      });
      const victim = await startWorkerProcess(processEnvironment);
      if (syncId === undefined) {
        await flow('orders');
        ({ syncId } = await world.run());
      }
      await waitFor(() => reached, { what: `page ${page + 1} to be asked for`, timeoutMs: 30_000 });
      await waitFor(async () => Number((await world.checkpoint(id, 'orders'))[0]?.version ?? 0) >= page, { what: `page ${page} to be checkpointed` });
      victim.signal('SIGKILL');
      await victim.gone;
    }
    shop.intercept(null);
    await start();
    expect(await world.ended(syncId!, 30_000)).toMatchObject({ status: 'succeeded', records: 500 });
    expect(await keys()).toEqual(ofOrders());
    // One more of that very moment, and the next pass brings it.
    shop.rows.orders = [...shop.rows.orders, { id: 'late', updated_at: oneMoment }];
    await world.syncToTheEnd();
    expect(await keys()).toEqual(ofOrders());
  }, 120_000);

  describe('an answer that is lost', () => {
    let relays: LossyRelay[];
    beforeEach(() => (relays = []));
    afterEach(() => Promise.all(relays.map((relay) => relay.close())));

    it.each([
      ['of the record stream: the batch is stored once', 'nats', 'rec.'],
      ['of the checkpoint: it has moved once', 'postgres', 'sync_move_checkpoint'],
      ['of a checkpoint with keys: it has moved once', 'postgres', 'sync_move_with_keys'],
    ])('%s', async (_, where, text) => {
      const relay = await startLossyRelay(where === 'nats' ? world.nats.url : world.database.url);
      relays.push(relay);
      const urls = { databaseUrl: where === 'nats' ? world.database.url : relay.url, natsUrl: where === 'nats' ? relay.url : world.nats.url };
      const service = await startTestService(syncOrchestrator, { ...urls, environment: environment() });
      try {
        await flow('orders', 'products');
        let watched = 0;
        shop.intercept(({ stream, number }) => {
          if (number !== 3 || (stream === 'products') !== text.endsWith('keys')) return;
          watched += 1;
          relay.loseAnswerTo(text);
        });
        expect(await world.syncToTheEnd(40_000)).toMatchObject({ status: 'succeeded', records: 600 });
        expect(watched).toBe(1);
        expect(relay.lost()).toBe(1);
        expect(await keys()).toEqual([...ofOrders(), ...shop.rows.products.map(({ id: key }) => `products/${key}`)].sort());
        const places = (await world.batches(id)).map(({ stream, generation, sequence }) => `${stream} ${generation} ${sequence}`);
        expect(new Set(places).size).toBe(places.length);
      } finally {
        await service.close();
      }
    }, 60_000);
  });

  it('a provider that gives the same cursor for ever: an error, and no more requests', async () => {
    await start();
    await flow('products');
    shop.intercept(({ stream }, response) => {
      if (stream !== 'products') return;
      send(response, 200, { items: [{ id: 1 }], next: 'again' });
      return 'answered';
    });
    expect((await world.syncToTheEnd()).runs[0]!.streams).toMatchObject([{ status: 'failed', error: { code: 'pagination_loop' } }]);
    expect(shop.requests.length).toBeLessThan(6);
  });

  it('a next page at another origin: nothing is sent there, neither the credential nor anything else', async () => {
    const asked: string[] = [];
    const other: TestHttpServer = await startHttpServer((request, response) => {
      asked.push(String(request.headers.authorization));
      send(response, 200, { items: [], next: null });
    });
    try {
      await start({ TRUNKLINE_EGRESS_ALLOW: `${shop.authority},${other.authority}`, TRUNKLINE_SYNC_MAX_ATTEMPTS: '1' });
      await flow('notes');
      shop.intercept((_, response) => {
        send(response, 200, { items: [{ id: 1 }], next: `${other.url}/notes` });
        return 'answered';
      });
      expect((await world.syncToTheEnd(30_000)).runs[0]!.streams).toMatchObject([{ status: 'failed' }]);
      expect(asked).toEqual([]);
    } finally {
      await other.close();
    }
  }, 60_000);

  const endless = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
    };
    response.on('drain', more);
    more();
  };
  it.each<[string, (response: ServerResponse) => void]>([
    ['a body that unpacks to a hundred times the limit', (response) => {
      const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    }],
    ['a body without an end', endless],
    ['silence', () => undefined],
  ])('%s: the run fails with a cause, and the worker is free again', async (_, answer) => {
    await start({ TRUNKLINE_SYNC_WORKERS: '1', TRUNKLINE_SYNC_MAX_ATTEMPTS: '1', TRUNKLINE_SYNC_REQUEST_SECONDS: '2' });
    await flow('products');
    shop.intercept((__, response) => {
      answer(response);
      return 'answered';
    });
    const [stream] = (await world.syncToTheEnd(60_000)).runs[0]!.streams;
    expect(stream).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/provider_unavailable|malformed_answer|request_rejected/) as string } });
    shop.intercept(null);
    expect(await world.syncToTheEnd()).toMatchObject({ status: 'succeeded' });
  }, 90_000);

  it('numbers no double can hold: they come out as they went in, as keys and as values', async () => {
    await start();
    await flow('products');
    shop.intercept((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"items":[{"id":9007199254740993,"parent":123456789012345678901234567890,"text":"9007199254740993","small":7},{"id":"007","half":"\\ud83d"}],"next":null}');
      return 'answered';
    });
    await world.syncToTheEnd();
    const applied = await world.applied(id);
    expect(applied.get('products/9007199254740993')!.data).toEqual({ id: '9007199254740993', parent: '123456789012345678901234567890', text: '9007199254740993', small: 7 });
    expect(applied.get('products/007')!.data).toMatchObject({ id: '007' });
  });
});
