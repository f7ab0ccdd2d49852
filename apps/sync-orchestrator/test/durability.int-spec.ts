import { newId } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { crmStreams, startCrm, type CrmServer } from './crm-server.js';
import { endWorkerProcesses, startWorkerProcess } from './worker-process.js';
import { World } from './world.js';

/** Every claim here is made about real processes, a real nats-server and a real PostgreSQL. */
describe('a sync survives', () => {
  let world: World;
  let crm: CrmServer;
  const sizes = { contacts: 3_000, companies: 500, deals: 500, activities: 500 };
  const total = 4_500;

  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(async () => {
    endWorkerProcesses();
    await world?.end();
  });
  beforeEach(async () => {
    crm = await startCrm(sizes);
    world.connections.clear();
    world.leases = [];
  });
  afterEach(async () => {
    endWorkerProcesses();
    await world.stopServices();
    await crm.close();
  });

  const processEnvironment = (more: Record<string, string> = {}) => world.environment(crm, { DATABASE_URL: world.database.url, NATS_URL: world.nats.url, ...more });
  /** So that a run lasts long enough to be disturbed. */
  const slowly = (milliseconds: number) => crm.intercept(() => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  const recordsSoFar = async (syncId: string) => (await world.sync(syncId)).records;
  const underWay = (syncId: string, records: number) => waitFor(async () => (await recordsSoFar(syncId)) >= records, { what: `${records} records to be through` });

  async function expectEverything(connectionId: string): Promise<void> {
    const held = await world.applied(connectionId);
    const expected = crmStreams.flatMap((stream) => crm.rows(stream).map((row) => `${stream}/${row.id}`));
    expect([...held.keys()].sort()).toEqual(expected.sort());
  }
  /** A worker counts what is checkpointed, and each checkpointed page once: whatever was read twice, the counts are those of the source. */
  function expectCounts(sync: Awaited<ReturnType<World['sync']>>): void {
    expect(sync).toMatchObject({ status: 'succeeded', records: total });
    for (const { stream, records } of sync.runs[0]!.streams) expect([stream, records]).toEqual([stream, sizes[stream as keyof typeof sizes]]);
  }

  it('kill -9 of the worker: another one goes on at the checkpoint, and tells the end once', async () => {
    const victim = await startWorkerProcess(processEnvironment());
    const { id } = world.connect();
    slowly(15);
    const { syncId } = await world.run();
    await underWay(syncId, 600);
    victim.signal('SIGKILL');
    await victim.gone;
    const before = Object.fromEntries(await Promise.all(crmStreams.map(async (stream) => [stream, (await world.checkpoint(id, stream))[0]] as const)));
    const pagesRead = crm.requests('contacts');
    await world.start(crm);
    const sync = await world.ended(syncId, 30_000);
    expectCounts(sync);
    await expectEverything(id);
    // It went on where the dead one had stopped: what is read again is at most what was in its pipeline.
    const contacts = await world.checkpoint(id, 'contacts');
    expect(Number(contacts[0]!.generation)).toBe(Number(before['contacts']!.generation) + 1);
    expect(crm.requests('contacts')).toBeLessThanOrEqual(30 + 6);
    expect(crm.requests('contacts')).toBeGreaterThan(pagesRead);
    await waitFor(async () => (await world.finishedEvents(id)).length === 1, { what: 'the end to be told' });
  }, 60_000);

  it('a worker that sleeps beyond its lease and wakes: its checkpoint is refused, its late records are older', async () => {
    const sleeper = await startWorkerProcess(processEnvironment());
    const { id } = world.connect();
    let asleep = false;
    let answerSleeper: () => void = () => undefined;
    // The sleeper's next page is held back until it is awake again, so that it has something to publish late.
    crm.intercept(async ({ stream }) => {
      await new Promise((resolve) => setTimeout(resolve, 15));
      if (asleep && stream === 'contacts') {
        asleep = false;
        await new Promise<void>((resolve) => (answerSleeper = resolve));
      }
    });
    const { syncId } = await world.run();
    await underWay(syncId, 600);
    asleep = true;
    await waitFor(() => !asleep, { what: 'the sleeper to ask for another page' });
    sleeper.signal('SIGSTOP');
    const [held] = await world.checkpoint(id, 'contacts');
    await world.start(crm);
    await world.rowsEnded(syncId, 60_000);
    const [after] = await world.checkpoint(id, 'contacts');
    expect(Number(after!.generation)).toBeGreaterThan(Number(held!.generation));
    sleeper.signal('SIGCONT');
    answerSleeper();
    // Awake, it finds out that the streams are not its own any more, and writes nothing.
    await waitFor(async () => (await (await fetch(`${sleeper.url}/metrics`)).text()).includes('end="lost"'), { what: 'the sleeper to notice' });
    expect(await world.checkpoint(id, 'contacts')).toEqual([after]);
    expectCounts(await world.sync(syncId));
    // And it is of use again.
    await world.stopServices();
    crm.intercept(null);
    crm.put('contacts', { id: 'con_00000001', name: 'after the sleep' });
    expect((await world.syncToTheEnd()).status).toBe('succeeded');
    expect((await world.applied(id)).get('contacts/con_00000001')).toMatchObject({ data: { name: 'after the sleep' } });
    await expectEverything(id);
    await waitFor(async () => (await world.finishedEvents(id)).length === 2, { what: 'both ends to be told, each once' });
  }, 120_000);

  it('nats-server killed and started again in the middle', async () => {
    await world.start(crm);
    const { id } = world.connect();
    slowly(10);
    const { syncId } = await world.run();
    await underWay(syncId, 600);
    await world.nats.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await world.nats.restart();
    const sync = await world.ended(syncId, 60_000);
    expectCounts(sync);
    await expectEverything(id);
    await waitFor(async () => (await world.finishedEvents(id)).length === 1, { what: 'the end to be told' });
  }, 90_000);

  it('PostgreSQL ending every connection, again and again', async () => {
    await world.start(crm);
    const { id } = world.connect();
    slowly(10);
    const { syncId } = await world.run();
    for (const records of [300, 900, 1_500]) {
      await underWay(syncId, records);
      await world.database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    }
    expectCounts(await world.ended(syncId, 60_000));
    await expectEverything(id);
    await waitFor(async () => (await world.finishedEvents(id)).length === 1, { what: 'the end to be told' });
  }, 90_000);

  it('a graceful stop in the middle: the task goes back at once, with every page that was read', async () => {
    const first = await startWorkerProcess(processEnvironment({ TRUNKLINE_SYNC_LEASE_SECONDS: '60' }));
    const { id } = world.connect();
    slowly(15);
    const { syncId } = await world.run();
    await underWay(syncId, 600);
    first.signal('SIGTERM');
    expect(await first.gone).toBe(0);
    // Nobody holds it any more, although its lease would have lasted a minute.
    expect(await world.database.query(`SELECT 1 FROM sync.task WHERE lease_owner IS NOT NULL AND status = 'running'`)).toEqual([]);
    await world.start(crm);
    expectCounts(await world.ended(syncId, 30_000));
    await expectEverything(id);
  }, 60_000);

  it('a job that was lost, and one that comes twice', async () => {
    await world.start(crm);
    const { id } = world.connect();
    slowly(5);
    const { syncId } = await world.run();
    await underWay(syncId, 300);
    const tasks = await world.database.query<{ id: string }>('SELECT t.id FROM sync.task t JOIN sync.run r ON r.id = t.run_id WHERE r.connection_id = $1', [id]);
    for (const task of tasks) {
      await world.database.query(`INSERT INTO sync.outbox (id, subject, type, data) VALUES ($1, 'job.sync.task.sandbox_crm', 't', $2)`, [newId('event'), { taskId: task.id }]);
    }
    expectCounts(await world.ended(syncId, 30_000));
    await world.stopServices();

    crm.put('contacts', { id: 'con_00000002', name: 'later' });
    const service = await world.start(crm);
    const again = await world.run();
    await service.close();
    // Its jobs are gone, wherever they were; the rows are the truth.
    await world.database.query('DELETE FROM sync.outbox');
    await world.database.query(`UPDATE sync.task SET nudge_at = now() WHERE status IN ('queued', 'running')`);
    await world.start(crm);
    expect((await world.ended(again.syncId)).status).toBe('succeeded');
    expect((await world.applied(id)).get('contacts/con_00000002')).toMatchObject({ data: { name: 'later' } });
  }, 60_000);

  it('a task that ends its worker every time: it comes to an end itself', async () => {
    const service = await world.start(crm, { TRUNKLINE_SYNC_MAX_ATTEMPTS: '3' });
    world.connect();
    crm.intercept(({ stream }) => (stream === 'deals' ? new Promise<void>(() => undefined) : undefined));
    const { syncId } = await world.run();
    await waitFor(() => crm.requests('deals') > 0, { what: 'deals to be asked for' });
    await service.close();
    // As if this had been the third worker in a row to vanish with it.
    await world.database.query(`UPDATE sync.task SET lease_owner = 'vanished', lease_until = now(), attempts = 2, nudge_at = now() WHERE stream = 'deals' AND status = 'running'`);
    await world.start(crm, { TRUNKLINE_SYNC_MAX_ATTEMPTS: '3' });
    const sync = await world.ended(syncId);
    expect(sync.status).toBe('partial');
    expect(sync.runs[0]!.streams.find(({ stream }) => stream === 'deals')).toMatchObject({ status: 'failed', error: { code: 'worker_lost' } });
    expect(crm.requests('deals')).toBe(1);
  }, 60_000);
});
