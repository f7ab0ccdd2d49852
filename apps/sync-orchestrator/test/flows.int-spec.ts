import { newId } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { waitFor } from '@trunkline/testing';
import { crmStreams, startCrm, type CrmServer } from './crm-server.js';
import { World } from './world.js';

interface Run {
  status: string;
  trigger: string;
  planned_at: Date;
  finished_at: Date | null;
}

describe('flows', () => {
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

  const flows = (connectionId: string) =>
    world.database.query<{ id: string; deleted_at: Date | null; next_run_at: Date; interval_seconds: number; source_state: string; degraded_reason: string | null }>('SELECT f.*, s.degraded_reason FROM sync.flow f JOIN sync.source s USING (connection_id) WHERE connection_id = $1', [connectionId]);
  const runs = (connectionId: string) => world.database.query<Run>('SELECT * FROM sync.run WHERE connection_id = $1 ORDER BY planned_at', [connectionId]);
  const taken = (eventId: string) => waitFor(async () => (await world.database.query('SELECT 1 FROM sync.inbox WHERE event_id = $1', [eventId])).length > 0, { what: 'the event to be taken over' });
  const often = { TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '0', TRUNKLINE_SYNC_INTERVAL_SECONDS: '1' };

  it('come with the connection and run by themselves, once per fire, on any number of replicas', async () => {
    await Promise.all([world.start(crm, often), world.start(crm, often)]);
    const connection = world.connect();
    await world.activated(connection);
    const three = await waitFor(async () => ((await runs(connection.id)).filter(({ status }) => status === 'succeeded').length >= 3 ? runs(connection.id) : undefined), { what: 'three runs' });
    expect(new Set(three.map(({ planned_at }) => planned_at.getTime())).size).toBe(three.length);
    for (const [index, { trigger, planned_at }] of three.entries()) {
      expect(trigger).toBe('schedule');
      const before = three[index - 1];
      // Whole intervals apart: the schedule does not drift with the time a run takes.
      if (before !== undefined) expect((planned_at.getTime() - before.planned_at.getTime()) % 1_000).toBe(0);
    }
    expect((await world.applied(connection.id)).size).toBe(310);
    expect((await world.last([connection.id])).lastSync[connection.id]).toEqual(expect.any(String));
  });

  it('do not overlap: a fire during a run is left out', async () => {
    await world.start(crm, often);
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    crm.intercept(() => gate);
    const connection = world.connect();
    await world.activated(connection);
    const [flow] = await waitFor(async () => ((await runs(connection.id)).length > 0 ? flows(connection.id) : undefined), { what: 'the first run' });
    await waitFor(async () => (await flows(connection.id))[0]!.next_run_at.getTime() >= flow!.next_run_at.getTime() + 3_000, { what: 'three fires to pass' });
    expect(await runs(connection.id)).toHaveLength(1);
    open();
    await waitFor(async () => (await runs(connection.id)).length > 1, { what: 'the next run' });
    expect((await runs(connection.id))[0]).toMatchObject({ status: 'succeeded' });
  });

  it('make one run of the fires they missed', async () => {
    await world.start(crm);
    const connection = world.connect();
    await taken(await world.activated(connection));
    await world.database.query(`UPDATE sync.flow SET interval_seconds = 60, next_run_at = now() - interval '605 seconds' WHERE connection_id = $1`, [connection.id]);
    await waitFor(async () => (await runs(connection.id)).some(({ status }) => status === 'succeeded'), { what: 'a run' });
    const [flow] = await flows(connection.id);
    const all = await runs(connection.id);
    expect(all).toHaveLength(1);
    expect(Date.now() - all[0]!.planned_at.getTime()).toBeLessThan(60_000);
    expect(flow!.next_run_at.getTime() - all[0]!.planned_at.getTime()).toBe(60_000);
  });

  it('are made once, however often the activation is told, and keep their schedule', async () => {
    await world.start(crm);
    const connection = world.connect();
    const first = await world.activated(connection);
    await taken(first);
    const [before] = await flows(connection.id);
    await taken(await world.activated(connection));
    await world.degraded(connection);
    await waitFor(async () => (await flows(connection.id))[0]!.degraded_reason === 'calls_failing', { what: 'the trouble to be noted' });
    expect(await flows(connection.id)).toMatchObject([{ id: before!.id, next_run_at: before!.next_run_at, deleted_at: null }]);
    // Still tried: trouble is no reason not to.
    expect((await world.syncToTheEnd()).status).toBe('succeeded');
    await taken(await world.activated(connection));
    expect((await flows(connection.id))[0]).toMatchObject({ degraded_reason: null });
  });

  it('end with the connection: what is under way is cancelled, and nothing more is asked or published', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_INTERVAL_SECONDS: '1', TRUNKLINE_SYNC_PAGE_SIZE: '5' });
    const connection = world.connect();
    await taken(await world.activated(connection));
    crm.intercept(() => new Promise((resolve) => setTimeout(resolve, 40)));
    const { syncId } = await world.run();
    await waitFor(async () => (await world.sync(syncId)).records >= 20, { what: 'the sync to be under way' });
    await taken(await world.deleted(connection));
    const sync = await world.ended(syncId);
    expect(sync).toMatchObject({ status: 'failed', runs: [{ status: 'cancelled' }] });
    expect(sync.runs[0]!.streams.find(({ stream }) => stream === 'contacts')).toMatchObject({ status: 'cancelled', error: { code: 'connection_deleted' } });
    // A page that was under way may still arrive; after that there is silence.
    await waitFor(
      async () => {
        const before = crm.requests('contacts') + (await world.batches(connection.id)).length;
        await new Promise((resolve) => setTimeout(resolve, 400));
        return before === crm.requests('contacts') + (await world.batches(connection.id)).length;
      },
      { what: 'silence' },
    );
    expect(crm.requests('contacts')).toBeLessThan(50);
    expect(await world.database.query(`SELECT 1 FROM sync.task WHERE run_id = $1 AND status IN ('queued', 'running')`, [sync.runs[0]!.id])).toEqual([]);
    await waitFor(async () => (await world.finishedEvents(connection.id)).length === 1, { what: 'the end to be told' });
    expect(await world.finishedEvents(connection.id)).toMatchObject([{ status: 'cancelled' }]);
    expect(await flows(connection.id)).toMatchObject([{ deleted_at: expect.any(Date) as Date }]);
    expect((await world.checkpoint(connection.id, 'contacts'))[0]!.state).toBeNull();
    expect(await runs(connection.id)).toHaveLength(1);
  });

  it('that are gone are not brought back by an activation that comes late, only by a newer one, which begins anew', async () => {
    await world.start(crm);
    const connection = world.connect();
    const [early, later, latest] = [newId('event'), newId('event'), newId('event')].sort();
    await taken(await world.activated(connection, early));
    await world.syncToTheEnd();
    const generation = Number((await world.checkpoint(connection.id, 'contacts'))[0]!.generation);
    await taken(await world.deleted(connection, later));
    const beforeThat = `evt_${(BigInt(`0x${later!.slice(4)}`) - 1n).toString(16).padStart(32, '0')}`;
    await taken(await world.activated(connection, beforeThat));
    expect((await flows(connection.id))[0]!.deleted_at).not.toBeNull();

    world.connections.set(connection.id, connection);
    await taken(await world.activated(connection, latest));
    expect((await flows(connection.id))[0]!.deleted_at).toBeNull();
    const sync = await world.syncToTheEnd();
    expect(sync).toMatchObject({ status: 'succeeded', records: 310 });
    // Generations go on: what is read now is newer than anything read before.
    expect(Number((await world.checkpoint(connection.id, 'contacts'))[0]!.generation)).toBeGreaterThan(generation);
  });

  it('of a connection that was deleted before its activation arrived are never made', async () => {
    await world.start(crm, often);
    const connection = world.connect();
    const [first, second] = [newId('event'), newId('event')].sort();
    await taken(await world.deleted(connection, second));
    await taken(await world.activated(connection, first));
    expect(await flows(connection.id)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await runs(connection.id)).toEqual([]);
  });

  it('whose credential is gone already are cancelled before the deletion is told', async () => {
    await world.start(crm);
    const connection = world.connect();
    world.onLease = ({ connectionId }) => {
      throw AppError.notFound('credential', connectionId);
    };
    const sync = await world.syncToTheEnd();
    expect(sync.runs).toMatchObject([{ status: 'cancelled' }]);
    for (const stream of crmStreams) expect(crm.requests(stream)).toBe(0);
    expect((await world.last([connection.id])).lastSync).toEqual({});
  });
});
