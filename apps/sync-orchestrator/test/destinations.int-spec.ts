import type { z } from 'zod';
import { connectionCalled, runs, Secret, type newFlow, type Connection, type Flow } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { createTestDatabase, startHttpServer, waitFor, type TestDatabase, type TestHttpServer } from '@trunkline/testing';
import { send, startCrm, type CrmServer } from './crm-server.js';
import { shopCatalog, startShop, type ShopServer } from './shop-server.js';
import { endWorkerProcesses, startWorkerProcess } from './worker-process.js';
import { World } from './world.js';

type Targets = Extract<z.input<typeof newFlow>['destination'], { type: 'connection' }>['targets'];

/** A flow from the CRM into a database and into an API: real ones, like everything here. */
describe('a flow that writes into a connection', () => {
  let world: World;
  let crm: CrmServer;
  let shop: ShopServer | undefined;
  let warehouse: TestDatabase;
  let api: TestHttpServer;
  let answer: (request: { method: string; path: string; authorization: string | undefined; body: string }) => number;

  beforeAll(async () => {
    [world, warehouse] = await Promise.all([World.create(), createTestDatabase()]);
    api = await startHttpServer((request, response, body) => send(response, answer({ method: request.method!, path: request.url!, authorization: request.headers.authorization, body }), {}));
  });
  afterAll(async () => {
    endWorkerProcesses();
    await world?.end();
    await api?.close();
    await warehouse?.drop();
  });
  beforeEach(async () => {
    crm = await startCrm({ contacts: 1_500 });
    world.connections.clear();
    world.kept.clear();
    world.onLease = () => undefined;
    answer = () => 200;
  });
  afterEach(async () => {
    endWorkerProcesses();
    await world.stopServices();
    await crm.close();
    await shop?.close();
    shop = undefined;
    await world.database.query('UPDATE sync.flow SET enabled = false');
  });

  const url = () => new URL(warehouse.url);
  const environment = (more: Record<string, string> = {}) => ({ TRUNKLINE_EGRESS_ALLOW: [crm.authority, url().host, api.authority].join(','), ...more });
  function database(more: Partial<Connection> = {}): Connection {
    const { hostname, port, pathname, username, password } = url();
    const connection = world.connect(undefined, { connector: 'postgres', type: 'BASIC_AUTH', inputs: { host: hostname, port, database: pathname.slice(1), tls: 'off' }, ...more });
    world.kept.set(connection.id, { type: 'BASIC_AUTH', username: decodeURIComponent(username), password: new Secret(decodeURIComponent(password)) });
    return connection;
  }
  function restApi(secret = 'key-1'): Connection {
    const connection = world.connect(undefined, { connector: 'custom_rest', type: 'SECRET_TEXT', inputs: { base_url: `${api.url}/v1`, verification_path: 'me' } });
    world.kept.set(connection.id, { type: 'SECRET_TEXT', secretText: new Secret(secret) });
    return connection;
  }
  const contacts = ['contacts'];
  const into = (source: Connection, destination: Connection, targets: Targets): Promise<Flow> =>
    world.createFlow({ connectionId: source.id, streams: contacts, intervalSeconds: null, destination: { type: 'connection', connectionId: destination.id, targets } });
  const editor = () => world.editor({ scopes: ['flows:read', 'flows:write', 'syncs:run'] });
  const start = async (flow: Flow) => (await world.client.rpc.call(runs.start, { principal: editor(), flowId: flow.id, full: false })).id;
  const runOf = (id: string) => world.client.rpc.call(runs.get, { principal: editor(), id });
  const ended = async (id: string, timeoutMs = 30_000) => {
    await waitFor(async () => (await world.database.query('SELECT 1 FROM sync.run WHERE id = $1 AND finished_at IS NOT NULL', [id])).length > 0, { what: 'the run to end', timeoutMs });
    return runOf(id);
  };
  const errorOf = async (runId: string) => (await world.database.query<{ code: string | null; message: string | null }>('SELECT error_code AS code, error_message AS message FROM sync.task WHERE run_id = $1', [runId]))[0]!;
  /** What a task waits for has passed. */
  const now = (runId: string) => world.database.query(`UPDATE sync.task SET not_before = now(), nudge_at = now() WHERE run_id = $1 AND status = 'running'`, [runId]);
  const paused = (runId: string, code: string) => waitFor(async () => (await errorOf(runId)).code === code, { what: `the run to wait with ${code}`, timeoutMs: 20_000 });
  const rows = (table: string) => warehouse.query<{ key: string; version: string; deleted: boolean; name: string }>(`SELECT _key AS key, _version AS version, _deleted AS deleted, name FROM ${table} ORDER BY 1`);
  const held = async (table: string) => (await rows(table)).map(({ key, name }) => `${key} ${name}`);
  const source = () => crm.rows('contacts').map(({ id, name }) => `${id} ${String(name)}`).sort();
  const table = (name: string): Targets => ({ contacts: { kind: 'table', table: name, columns: { name: 'name' } } });
  const told = (connection: Connection) => world.told(connectionCalled, (data) => data['connectionId'] === connection.id);

  it('has exactly the source in the end, though the worker was killed in the middle, and nothing in the analytics stream', async () => {
    // Slower than what is read: only what is really there may be behind the checkpoint.
    await warehouse.query('CREATE TABLE killed (_key text PRIMARY KEY, _version bigint, _deleted boolean, data jsonb, name text)');
    await warehouse.query('CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$');
    await warehouse.query('CREATE TRIGGER slow BEFORE INSERT ON killed FOR EACH STATEMENT EXECUTE FUNCTION take_time()');
    const victim = await startWorkerProcess(world.environment(crm, environment({ DATABASE_URL: world.database.url, NATS_URL: world.nats.url })));
    const [from, to] = [world.connect(), database()];
    const runId = await start(await into(from, to, table('killed')));
    await waitFor(async () => (await runOf(runId)).records >= 300, { what: '300 records to be through' });
    victim.signal('SIGKILL');
    await victim.gone;
    expect((await held('killed')).length).toBeLessThan(1_500);
    await world.start(crm, environment());
    expect(await ended(runId)).toMatchObject({ status: 'succeeded', records: 1_500 });
    expect(await held('killed')).toEqual(source());
    expect(await world.batches(from.id)).toEqual([]);
    const [{ generation } = { generation: '0' }] = await world.checkpoint(from.id, 'contacts');
    expect(Number(generation)).toBe(2);
    await waitFor(async () => (await told(to)).some(({ outcome }) => outcome === 'succeeded'), { what: 'the success to be told of the destination' });

    crm.put('contacts', { id: 'con_00000001', name: 'changed' });
    crm.put('contacts', { id: 'con_00000002', deleted: true });
    const [flow] = await world.database.query<{ flow_id: string }>('SELECT flow_id FROM sync.run WHERE id = $1', [runId]);
    expect(await ended(await start({ id: flow!.flow_id } as Flow))).toMatchObject({ status: 'succeeded' });
    const after = await rows('killed');
    expect(after).toHaveLength(1_500);
    expect(after[0]).toMatchObject({ key: 'con_00000001', name: 'changed', deleted: false });
    expect(after[1]).toMatchObject({ key: 'con_00000002', deleted: true });
  }, 90_000);

  it('puts a record aside that the destination does not take, says why, and goes on', async () => {
    await world.start(crm, environment());
    await warehouse.query('CREATE TABLE poisoned (_key text PRIMARY KEY, _version bigint, _deleted boolean, data jsonb, name varchar(20))');
    crm.put('contacts', { id: 'con_00000700', name: 'x'.repeat(21) });
    const runId = await start(await into(world.connect(), database(), table('poisoned')));
    const run = await ended(runId);
    expect(run).toMatchObject({ status: 'succeeded', records: 1_499, streams: [{ quarantined: 1 }] });
    expect((await held('poisoned')).length).toBe(1_499);
    const { data } = await world.client.rpc.call(runs.quarantined, { principal: editor(), id: runId, limit: 10 });
    // It is the newest record, so the last of the last page.
    expect(data).toMatchObject([{ stream: 'contacts', page: 15, position: 99, reason: 'the table does not take it (SQLSTATE 22001)' }]);
  }, 60_000);

  it('waits while the destination is disabled or down, in words that name it, and finishes when it is back', async () => {
    await world.start(crm, environment());
    const [from, to] = [world.connect(), database()];
    let disabled = true;
    world.onLease = ({ connectionId }) => {
      if (disabled && connectionId === to.id) throw new AppError('CONNECTION_DISABLED', 'The connection is disabled.');
    };
    const runId = await start(await into(from, to, table('waited')));
    await paused(runId, 'destination_disabled');
    expect(await errorOf(runId)).toMatchObject({ message: expect.stringContaining(to.id) as string });
    expect(crm.requests('contacts')).toBe(0);
    // However long it waits: the time failures may take has not begun.
    expect(await world.database.query('SELECT attempts, first_failed_at FROM sync.task WHERE run_id = $1', [runId])).toEqual([{ attempts: 0, first_failed_at: null }]);

    // Up again, but the database lets nobody in.
    disabled = false;
    const name = url().pathname.slice(1);
    const admin = world.database;
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await now(runId);
    await paused(runId, 'destination_provider_unavailable');
    expect(await errorOf(runId)).toMatchObject({ message: expect.stringContaining(`The destination PostgreSQL (${to.id})`) as string });
    expect(await runOf(runId)).toMatchObject({ status: 'running', records: 0 });
    await waitFor(async () => (await told(to)).some(({ outcome }) => outcome === 'failed'), { what: 'the failure to be told of the destination' });
    expect(await told(from)).toEqual([]);

    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await now(runId);
    expect(await ended(runId)).toMatchObject({ status: 'succeeded', records: 1_500 });
    expect(await held('waited')).toEqual(source());
  }, 60_000);

  it('brings deletions that nobody told, once, also over a kill between them; one that comes back is there again', async () => {
    const products = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `p${index}`, name: `Product ${index}` }));
    shop = await startShop({ products: products(2_500) });
    const own = environment({ DATABASE_URL: world.database.url, NATS_URL: world.nats.url, TRUNKLINE_CATALOG_FOLDERS: shopCatalog, TRUNKLINE_EGRESS_ALLOW: [shop.authority, url().host].join(','), TRUNKLINE_SYNC_PAGE_SIZE: '500' });
    let worker = await startWorkerProcess(world.environment(shop as never, own));
    const [from, to] = [world.connect(null, { connector: 'shop', projectIds: [world.projectId] }), database()];
    const flow = await world.createFlow({ connectionId: from.id, streams: [{ name: 'products' }] as never, intervalSeconds: null, destination: { type: 'connection', connectionId: to.id, targets: { products: { kind: 'table', table: 'products', columns: { name: 'name' } } } } });
    expect(await ended(await start(flow), 60_000)).toMatchObject({ status: 'succeeded', records: 2_500 });

    shop.rows.products = products(1_300);
    // The first thousand keys are marked and forgotten; it dies before the rest.
    await warehouse.query(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW._deleted THEN PERFORM pg_sleep(0.002); END IF; RETURN NEW; END $$`);
    await warehouse.query('CREATE TRIGGER slowly BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION slowly()');
    const runId = await start(flow);
    const deleted = async () => (await rows('products')).filter((row) => row.deleted).map(({ key }) => key);
    await waitFor(async () => (await deleted()).length >= 1_000, { what: 'the first deletions', timeoutMs: 30_000, intervalMs: 20 });
    worker.signal('SIGKILL');
    await worker.gone;
    worker = await startWorkerProcess(world.environment(shop as never, own));
    expect(await ended(runId, 60_000)).toMatchObject({ status: 'succeeded', streams: [{ deleted: 1_200, error: null }] });
    const gone = products(2_500).slice(1_300).map(({ id }) => id);
    expect((await deleted()).sort()).toEqual(gone.sort());

    shop.rows.products = products(1_301);
    await ended(await start(flow), 60_000);
    expect((await deleted()).length).toBe(1_199);
    worker.signal('SIGTERM');
    await worker.gone;
  }, 120_000);

  it('renews the credential of an API once, writes no more than it was asked to, and waits for a person if that does not help', async () => {
    await world.start(crm, environment({ TRUNKLINE_SYNC_PAGE_SIZE: '50' }));
    crm.intercept((_, response) => (send(response, 200, { results: crm.rows('contacts').slice(0, 6) }), 'answered'));
    const [from, to] = [world.connect(), restApi('old')];
    let accepted = 'new';
    world.onLease = ({ connectionId, rejectedTokenDigest }) => {
      if (connectionId === to.id && rejectedTokenDigest !== undefined && accepted === 'new') world.kept.set(to.id, { type: 'SECRET_TEXT', secretText: new Secret('new') });
    };
    const written: string[] = [];
    const refused: string[] = [];
    answer = ({ method, path, authorization }) => {
      if (authorization !== `Bearer ${accepted}`) {
        refused.push(path);
        return 401;
      }
      if (path.endsWith('con_00000003')) return 422;
      written.push(`${method} ${path}`);
      return 200;
    };
    const flow = await into(from, to, { contacts: { kind: 'rest', method: 'PUT', path: '/people/{{record.key}}' } });
    const runId = await start(flow);
    expect(await ended(runId)).toMatchObject({ status: 'succeeded', records: 5, streams: [{ quarantined: 1 }] });
    expect(refused).toHaveLength(1);
    expect(written).toEqual([1, 2, 4, 5, 6].map((number) => `PUT /v1/people/con_0000000${number}`));

    accepted = 'nobody has it';
    const again = await start(flow);
    await paused(again, 'destination_rejects_credential');
    expect((await errorOf(again)).message).toContain('Reconnect it, and the run goes on.');
    await waitFor(async () => (await told(to)).some(({ outcome }) => outcome === 'unauthorized'), { what: 'the refusal to be told' });
    accepted = 'new';
    // It would look again after a minute; whoever reconnects it need not wait for that.
    const mendedAt = performance.now();
    await world.activated(to);
    expect(await ended(again)).toMatchObject({ status: 'succeeded' });
    expect(performance.now() - mendedAt).toBeLessThan(30_000);
  }, 60_000);

  it('is not made with a target that cannot mean what it says', async () => {
    await world.start(crm, environment());
    const [from, to, rest] = [world.connect(), database(), restApi()];
    await expect(into(from, rest, table('x'))).rejects.toMatchObject({ code: 'VALIDATION', message: expect.stringContaining('targets of kind "rest"') as string });
    await expect(into(from, rest, { contacts: { kind: 'rest', path: '/../admin' } })).rejects.toMatchObject({ code: 'VALIDATION', message: expect.stringContaining('destination.targets.contacts') as string });
    await expect(into(from, rest, { contacts: { kind: 'rest', path: '/{{credential.secret_text}}' } })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(into(from, to, { contacts: { kind: 'table', table: 'x', columns: { _version: 'id' } } })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(into(from, from, table('x'))).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
