import { Secret, type FlowStream, type UsableCredential } from '@trunkline/contracts';
import { createTestDatabase, startSshServer, waitFor, type SshServer, type SshWorld, type TestDatabase } from '@trunkline/testing';
import { World } from './world.js';

/** What is not read by HTTP: a real PostgreSQL whose tables are found out, and files on an SFTP server. */
describe('a sync of', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(async () => {
    await world?.end();
  });
  beforeEach(() => world.connections.clear());
  afterEach(() => world.stopServices());

  const start = (authority: string) =>
    world.start({ url: 'http://127.0.0.1:1', authority } as never, { TRUNKLINE_EGRESS_ALLOW: authority });
  async function connect(connector: string, inputs: Record<string, string>, credential: UsableCredential, streams: (string | Partial<FlowStream>)[] | null = null): Promise<string> {
    const { id } = world.connect(null, { connector, inputs, projectIds: [world.projectId] });
    world.kept.set(id, credential);
    await world.createFlow({ connectionId: id, streams: streams as never });
    return id;
  }
  const streamsOf = async (sync: Awaited<ReturnType<World['syncToTheEnd']>>) => Object.fromEntries(sync.runs[0]!.streams.map(({ stream, status, records, deleted }) => [stream, { status, records, deleted }]));

  describe('a database', () => {
    let source: TestDatabase;
    let inputs: Record<string, string>;
    let credential: UsableCredential;
    let authority: string;

    beforeEach(async () => {
      source = await createTestDatabase();
      const url = new URL(source.url);
      authority = url.host;
      inputs = { host: url.hostname, port: url.port, database: url.pathname.slice(1), tls: 'off' };
      credential = { type: 'BASIC_AUTH', username: decodeURIComponent(url.username), password: new Secret(decodeURIComponent(url.password)) };
      await source.query('CREATE TABLE customer (id bigint PRIMARY KEY, name text, amount numeric)');
      await source.query(`INSERT INTO customer SELECT 9007199254740993 + i, 'Customer ' || i, 0.1 FROM generate_series(1, 1500) AS i`);
      await source.query('CREATE TABLE "Order Line" (order_id int, line int, note text, PRIMARY KEY (order_id, line))');
      await source.query(`INSERT INTO "Order Line" VALUES (1, 1, 'a'), (1, 2, 'b')`);
      await source.query('CREATE TABLE without_key (x int)');
    });
    afterEach(() => source.drop());

    it('finds out which tables there are, and reads each as a stream, whole numbers whole', async () => {
      await start(authority);
      const id = await connect('postgres', inputs, credential);
      const sync = await world.syncToTheEnd(30_000);
      expect(sync.status).toBe('succeeded');
      const streams = await streamsOf(sync);
      expect(Object.values(streams).map(({ records }) => records).sort((one, other) => one - other)).toEqual([2, 1_500]);
      expect(streams['customer']).toEqual({ status: 'succeeded', records: 1_500, deleted: 0 });
      expect((await world.applied(id)).get('customer/9007199254740994')!.data).toMatchObject({ id: '9007199254740994', amount: '0.1' });
      // A table that comes later is read by the next run.
      await source.query('CREATE TABLE later (id int PRIMARY KEY)');
      expect(Object.keys(await streamsOf(await world.syncToTheEnd(30_000)))).toContain('later');
    }, 60_000);

    it('reads the tables that were chosen, the members that were chosen, and deletes what is gone', async () => {
      await start(authority);
      const id = await connect('postgres', inputs, credential, [{ name: 'customer', mode: 'incremental_with_deletions', fields: ['name'] }]);
      expect(await streamsOf(await world.syncToTheEnd(30_000))).toEqual({ customer: { status: 'succeeded', records: 1_500, deleted: 0 } });
      expect((await world.applied(id)).get('customer/9007199254740994')!.data).toEqual({ id: '9007199254740994', name: 'Customer 1' });
      await source.query('DELETE FROM customer WHERE id <= 9007199254741093');
      expect(await streamsOf(await world.syncToTheEnd(30_000))).toEqual({ customer: { status: 'succeeded', records: 1_500, deleted: 100 } });
      expect((await world.applied(id)).get('customer/9007199254740994')).toMatchObject({ op: 'delete' });
    }, 60_000);

    it('that does not let the user in: the run fails, and says why', async () => {
      await start(authority);
      await connect('postgres', inputs, { type: 'BASIC_AUTH', username: 'nobody', password: new Secret('wrong') });
      const sync = await world.syncToTheEnd(30_000);
      expect(sync.status).toBe('failed');
      expect(sync.runs[0]!.streams).toMatchObject([{ stream: 'discovery', status: 'failed', error: { code: 'credential_rejected' } }]);
    }, 60_000);

    it('whose planner is stopped in the middle: others plan it, once', async () => {
      const first = await start(authority);
      await connect('postgres', inputs, credential);
      const { syncId } = await world.run();
      await first.close();
      await world.database.query(`UPDATE sync.task SET nudge_at = now(), lease_until = now() WHERE status IN ('queued', 'running')`);
      await Promise.all([start(authority), start(authority)]);
      await waitFor(async () => (await world.sync(syncId)).status !== 'running', { what: 'the sync to end', timeoutMs: 30_000 });
      expect((await world.sync(syncId)).runs[0]!.streams).toHaveLength(2);
    }, 60_000);
  });

  it('files, by key', async () => {
    const files: NonNullable<SshWorld['files']> = new Map([['/out/one.csv', { content: 'id,name\n1,Ada\n2,Grace\n', mtime: 1_700_000_000 }]]);
    const server: SshServer = await startSshServer({ username: 'anna', password: 's3cret', directories: ['/out'], files });
    try {
      await start(`127.0.0.1:${server.port}`);
      const id = await connect('sftp', { host: '127.0.0.1', port: String(server.port), directory: '/out' }, { type: 'BASIC_AUTH', username: 'anna', password: new Secret('s3cret'), hostKey: server.fingerprint });
      const sync = await world.syncToTheEnd(30_000);
      expect(await streamsOf(sync)).toMatchObject(Object.fromEntries(sync.runs[0]!.streams.map(({ stream }) => [stream, { status: 'succeeded', records: 2 }])));
      expect([...(await world.applied(id)).values()].map(({ data }) => data!['name']).sort()).toEqual(['Ada', 'Grace']);
      files.set('/out/two.csv', { content: 'id,name\n3,Edsger\n', mtime: 1_700_000_100 });
      expect((await world.syncToTheEnd(30_000)).records).toBe(1);
    } finally {
      await server.close();
    }
  }, 60_000);
});
