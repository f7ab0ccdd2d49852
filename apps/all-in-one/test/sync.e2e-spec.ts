import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryDatabase, startSshServer, startTestMariadb, waitFor, type SshServer, type TestMariadb } from '@trunkline/testing';
import { ResultsTable } from './results-table.js';
import { createTenant, startStack, type Stack, type Tenant } from './stack.js';
import { Shop, shopDefinition } from './sync-world.js';

interface Stream {
  stream: string;
  status: string;
  records: number;
  deleted: number;
  quarantined: number;
  error: { code: string } | null;
}
interface Run {
  id: string;
  status: string;
  records: number;
  streams: Stream[];
}

/** A tenant's own connector from its definition to the rows: flows, runs, destinations, through every service. */
describe('flows of a connector that a tenant defined', () => {
  let stack: Stack;
  let shop: Shop;
  let tenant: Tenant;
  let connector: string;
  let source: string;
  let mariadb: TestMariadb;
  let ssh: SshServer;
  let folder: string;
  const authorizedKeys: string[] = [];
  const postgres = new URL(process.env.TRUNKLINE_TEST_DATABASE_URL!);
  const table = new ResultsTable('sync', 'records', 'deleted', 'verdict', 'outcome');

  beforeAll(async () => {
    shop = await new Shop().start();
    for (let nr = 1; nr <= 120; nr += 1) {
      shop.put(`c${nr}`, `Customer ${nr}`, { notes: 'private' });
      shop.orders.push({ id: `o${nr}`, customer: `c${nr}`, total: '9007199254740993' });
    }
    folder = await mkdtemp(join(tmpdir(), 'trunkline-files-'));
    [mariadb, ssh] = await Promise.all([startTestMariadb(), startSshServer({ username: 'anna', authorizedKeys, openssh: folder })]);
    stack = await startStack({ records: 10, egressAllow: [shop.authority, postgres.host, `127.0.0.1:${mariadb.port}`, `127.0.0.1:${ssh.port}`] });
    tenant = await createTenant(stack);
  }, 120_000);
  afterAll(async () => {
    table.print();
    await stack?.close();
    await Promise.all([shop?.stop(), ssh?.close(), mariadb?.stop()]);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const call = async <Body = Record<string, unknown>>(method: string, path: string, body?: unknown, key = tenant.key): Promise<Body> => {
    const answer = await stack.call<Body>(method, path, { key, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const connect = async (pieceName: string, value: object, props: object = {}, externalId = pieceName) =>
    (await call<{ id: string }>('POST', '/api/v1/app-connections', { displayName: pieceName, pieceName, type: (value as { type: string }).type, externalId, inputs: props, value })).id;
  const newFlow = async (body: object) => (await call<{ id: string }>('POST', '/api/v1/flows', { displayName: 'Flow', connectionId: source, intervalSeconds: null, ...body })).id;
  const finished = (id: string) =>
    waitFor(async () => {
      const run = await call<Run>('GET', `/api/v1/runs/${id}`);
      return !['queued', 'running'].includes(run.status) && run;
    }, { what: `run ${id} to end`, timeoutMs: 60_000, intervalMs: 100 });
  const runToTheEnd = async (flow: string, body: object = {}) => finished((await call<Run>('POST', `/api/v1/flows/${flow}/run`, body)).id);
  const rows = (stream: string) =>
    stack.database.query<{ key: string; data: Record<string, unknown> }>('SELECT key, data FROM analytics.record WHERE connection_id = $1 AND stream = $2 AND NOT deleted ORDER BY key', [source, stream]);
  const noted = (name: string, run: () => Promise<Run & { outcome: string }>) =>
    table.try([name], async () => {
      const { outcome, ...done } = await run();
      counts = [String(done.records), String(done.streams.reduce((sum, { deleted }) => sum + deleted, 0))];
      return outcome;
    }).finally(() => table.insert(1, ...counts));
  let counts = ['', ''];

  it('is defined, tried, and connected', async () => {
    const admin = (await call<{ key: string }>('POST', '/api/v1/api-keys', { projectId: tenant.projectId, displayName: 'Admin', scopes: ['admin'] }, stack.adminKey)).key;
    ({ id: connector } = await call<{ id: string }>('POST', '/api/v1/connectors', shopDefinition, admin));
    expect(connector).toMatch(/^shop_[a-z0-9]{8}$/);
    const tried = await call<{ records: unknown[]; keys: string[]; more: boolean }>('POST', '/api/v1/connectors/dry-run', {
      connector: 'shop', stream: 'customers', inputs: { base_url: shop.url }, value: { type: 'SECRET_TEXT', secret_text: 'shop-key' },
    });
    expect([tried.records.length, tried.keys[0], tried.more]).toEqual([50, 'c1', true]);
    source = await connect('shop', { type: 'SECRET_TEXT', secret_text: 'shop-key' }, { base_url: shop.url });
  });

  let flow: string;
  it('is read whole: chosen fields, a parent\'s children, numbers beyond 2^53, and progress as it happens', () =>
    noted('first run: customers (2 fields) and orders of each', async () => {
      flow = await newFlow({ streams: [{ name: 'customers', mode: 'incremental_with_deletions', fields: ['name'] }, 'orders'] });
      const started = await call<Run>('POST', `/api/v1/flows/${flow}/run`, {});
      const events = await fetch(`${stack.url}/api/v1/runs/${started.id}/events`, { headers: { 'x-api-key': tenant.key, accept: 'text/event-stream' } });
      expect(events.headers.get('content-type')).toContain('text/event-stream');
      const told = await events.text();
      const run = await finished(started.id);
      expect(run.streams.map(({ error }) => error)).toEqual([null, null]);
      expect(run.status).toBe('succeeded');
      expect(told.split('event: progress').length).toBeGreaterThan(1);
      expect(told).toMatch(/event: end/);
      await waitFor(async () => (await rows('orders')).length === 120, { what: 'the sink to have everything' });
      const [first] = await rows('customers');
      expect([Object.keys(first!.data).sort(), (await rows('orders'))[0]!.data.total]).toEqual([['id', 'name', 'updated_at'], '9007199254740993']);
      expect(JSON.stringify(await rows('customers'))).not.toContain('private');
      return { ...run, outcome: 'rows as chosen, progress told' };
    }), 90_000);

  it('finds what is gone, and does not take an empty list for it', () =>
    noted('3 of 120 gone; then an empty list', async () => {
      for (const id of ['c5', 'c6', 'c7']) shop.customers.delete(id);
      shop.put('c1', 'Renamed');
      const run = await runToTheEnd(flow);
      expect(run.streams.find(({ stream }) => stream === 'customers')).toMatchObject({ status: 'succeeded', deleted: 3 });
      await waitFor(async () => (await rows('customers')).length === 117, { what: 'the deletions to arrive' });
      const kept = new Map(shop.customers);
      shop.customers.clear();
      const empty = await runToTheEnd(flow);
      expect(empty.streams.find(({ stream }) => stream === 'customers')).toMatchObject({ deleted: 0, error: { code: 'deletions_withheld' } });
      expect(await rows('customers')).toHaveLength(117);
      for (const [id, customer] of kept) shop.customers.set(id, customer);
      return { ...run, outcome: '3 deleted; the empty list deleted nothing' };
    }), 90_000);

  it('reads only what changed when nothing else is asked', () =>
    noted('incremental: one of 117 changed', async () => {
      const only = await newFlow({ streams: ['customers'] });
      expect((await runToTheEnd(only)).records).toBe(117);
      shop.put('c2', 'Renamed too');
      const before = shop.requests;
      const run = await runToTheEnd(only);
      // The newest of the former pass comes again: equal moments must not be lost.
      expect(run.records).toBeLessThanOrEqual(2);
      expect(shop.requests - before).toBe(1);
      return { ...run, outcome: 'one request' };
    }), 60_000);

  it('puts a bad record aside and takes the others', () =>
    noted('one record without a key', async () => {
      shop.customers.set('broken', { name: 'No id', updated_at: '2027-01-01T00:00:00.000Z' } as never);
      const run = await runToTheEnd(await newFlow({ streams: ['customers'] }));
      shop.customers.delete('broken');
      expect(run).toMatchObject({ status: 'succeeded', records: 117, streams: [{ quarantined: 1 }] });
      const aside = await call<{ data: { stream: string; reason: string }[] }>('GET', `/api/v1/runs/${run.id}/quarantined`);
      expect(aside.data).toEqual([expect.objectContaining({ stream: 'customers' })]);
      return { ...run, outcome: '1 put aside, 117 taken' };
    }), 60_000);

  it('writes into a PostgreSQL table and into an API', () =>
    noted('destinations: PostgreSQL and REST', async () => {
      const database = new URL(process.env.TRUNKLINE_TEST_DATABASE_URL!);
      const inputs = { host: postgres.hostname, port: postgres.port, database: database.pathname.slice(1), tls: 'off' };
      const warehouse = await connect('postgres', { type: 'BASIC_AUTH', username: decodeURIComponent(database.username), password: decodeURIComponent(database.password) }, inputs);
      const name = `customers_${tenant.projectId.slice(-12)}`;
      const toTable = await newFlow({ streams: ['customers'], destination: { type: 'connection', connectionId: warehouse, targets: { customers: { kind: 'table', table: name, columns: { full_name: 'name' } } } } });
      const run = await runToTheEnd(toTable);
      expect(run).toMatchObject({ status: 'succeeded', records: 117 });
      const written = await queryDatabase(database.href)<{ n: number; name: string }>(`SELECT count(*)::int AS n, max(full_name) FILTER (WHERE _key = 'c1') AS name FROM "${name}"`);
      await queryDatabase(database.href)(`DROP TABLE "${name}"`);
      expect(written).toEqual([{ n: 117, name: 'Renamed' }]);

      const api = await connect('custom_rest', { type: 'SECRET_TEXT', secret_text: 'shop-key' }, { base_url: shop.url, verification_path: 'me' });
      const toApi = await newFlow({ streams: ['customers'], destination: { type: 'connection', connectionId: api, targets: { customers: { kind: 'rest', method: 'POST', path: '/people', batch: 100 } } } });
      expect(await runToTheEnd(toApi)).toMatchObject({ status: 'succeeded', records: 117 });
      expect(shop.written.flatMap(({ body }) => body as object[])).toHaveLength(117);
      return { ...run, outcome: '117 rows, 117 by POST' };
    }), 120_000);

  it('writes into MySQL and into files over SSH, with a key made here, and reads both back', () =>
    noted('destinations and sources: MySQL and SFTP', async () => {
      const place = (port: number) => ({ host: '127.0.0.1', port: String(port) });
      const into = (connectionId: string, target: object) => newFlow({ streams: ['customers'], destination: { type: 'connection', connectionId, targets: { customers: target } } });
      const database = await connect('mysql', { type: 'BASIC_AUTH', username: 'root', password: mariadb.password }, { ...place(mariadb.port), database: 'test', tls: 'off' });
      const run = await runToTheEnd(await into(database, { kind: 'table', table: 'customers', columns: { full_name: 'name' }, create: true }));
      expect(run).toMatchObject({ status: 'succeeded', records: 117 });

      const key = await call<{ id: string; sshPublicKey: string }>('POST', '/api/v1/signing-keys', { displayName: 'Files', algorithm: 'ssh-ed25519' });
      authorizedKeys.push(key.sshPublicKey);
      const written = join(folder, 'customers');
      await mkdir(written);
      const files = await connect('sftp', { type: 'KEY_PAIR', username: 'anna', signing_key_id: key.id }, { ...place(ssh.port), directory: written, file_format: 'json_lines', host_key_fingerprint: ssh.fingerprint });
      expect(await runToTheEnd(await into(files, { kind: 'file', directory: folder, format: 'json_lines' }))).toMatchObject({ status: 'succeeded', records: 117 });
      // What was put there this moment may still be written to, and is left for later.
      for (const name of await readdir(written)) await utimes(join(written, name), 1_767_225_600, 1_767_225_600);

      const [back, lines] = [await runToTheEnd(await newFlow({ connectionId: database, streams: ['customers'] })), await runToTheEnd(await newFlow({ connectionId: files, streams: ['files'] }))];
      expect([back, lines]).toMatchObject([{ status: 'succeeded', records: 117 }, { status: 'succeeded', records: 117 }]);
      return { ...run, outcome: '117 rows and 117 lines, there and back' };
    }), 120_000);

  it('is cancelled, and goes on where it was when it is tried again', () =>
    noted('cancelled in the middle, retried', async () => {
      shop.latencyMs = 150;
      const slow = await newFlow({ streams: ['orders'] });
      const started = await call<Run>('POST', `/api/v1/flows/${slow}/run`, {});
      await waitFor(async () => (await call<Run>('GET', `/api/v1/runs/${started.id}`)).records > 0, { what: 'the first records', timeoutMs: 30_000 });
      expect((await call<Run>('POST', `/api/v1/runs/${started.id}/cancel`)).status).toBe('cancelled');
      const requests = shop.requests;
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(shop.requests - requests).toBeLessThanOrEqual(2);
      shop.latencyMs = 0;
      const run = await finished((await call<Run>('POST', `/api/v1/runs/${started.id}/retry`)).id);
      expect(run.status).toBe('succeeded');
      return { ...run, outcome: 'stopped at once, then finished' };
    }), 90_000);

  it('takes a cron schedule, and says what is wrong with one that is none', async () => {
    const flowId = await newFlow({ cron: '15 3 * * 1', intervalSeconds: undefined });
    const { nextRunAt, cron } = await call<{ nextRunAt: string; cron: string }>('GET', `/api/v1/flows/${flowId}`);
    expect([cron, new Date(nextRunAt).getUTCDay(), nextRunAt.slice(11, 16)]).toEqual(['15 3 * * 1', 1, '03:15']);
    for (const wrong of ['every day', '61 * * * *', '* * * * * *', '0 0 31 2 *']) {
      const refused = await stack.call('POST', '/api/v1/flows', { key: tenant.key, body: { displayName: 'x', connectionId: source, cron: wrong } });
      expect([wrong, refused.status, refused.body.code]).toEqual([wrong, 400, 'VALIDATION']);
    }
  });
});
