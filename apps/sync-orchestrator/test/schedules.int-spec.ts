import { waitFor } from '@trunkline/testing';
import { flows } from '@trunkline/contracts';
import { startCrm, type CrmServer } from './crm-server.js';
import { World } from './world.js';

describe('schedules by cron', () => {
  let world: World;
  let crm: CrmServer;

  beforeAll(async () => {
    world = await World.create();
    crm = await startCrm({ contacts: 20, companies: 0, deals: 0, activities: 0 });
  });
  afterAll(async () => {
    await world?.end();
    await crm.close();
  });
  afterEach(async () => {
    await world.stopServices();
    await world.database.query('UPDATE sync.flow SET enabled = false');
  });

  const runsOf = (flowId: string) => world.database.query<{ planned_at: Date; trigger: string; status: string }>('SELECT * FROM sync.run WHERE flow_id = $1 ORDER BY planned_at', [flowId]);
  const rowOf = async (flowId: string) => (await world.database.query<{ next_run_at: Date | null }>('SELECT * FROM sync.flow WHERE id = $1', [flowId]))[0]!;
  const due = (flowId: string, how: string) => world.database.query(`UPDATE sync.flow SET next_run_at = date_trunc('minute', now()) - interval '${how}' WHERE id = $1`, [flowId]);
  const update = (id: string, change: object) => world.client.rpc.call(flows.update, { principal: world.editor(), id, change });

  it('fire at the next moment of the database\'s clock, not before', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '0' });
    const flow = await world.createFlow({ connectionId: world.connect().id, cron: '0 6 1 1 *' });
    const [{ next }] = (await world.database.query(`SELECT date_trunc('year', now() AT TIME ZONE 'UTC') + interval '1 year 6 hours' AS next`)) as [{ next: Date }];
    expect(flow).toMatchObject({ cron: '0 6 1 1 *', intervalSeconds: null });
    expect(flow.nextRunAt).toMatch(new RegExp(`^${next.getFullYear()}-01-01T06:00:00`));
    expect(await runsOf(flow.id)).toEqual([]);
  });

  it('fire once on several replicas, and once for all that was missed', async () => {
    await Promise.all([world.start(crm), world.start(crm), world.start(crm)]);
    const made = await Promise.all(Array.from({ length: 8 }, () => world.createFlow({ connectionId: world.connect().id, cron: '* * * * *', streams: ['contacts'] })));
    await Promise.all(made.map(({ id }) => due(id, '3 hours')));
    await waitFor(async () => (await Promise.all(made.map(({ id }) => runsOf(id)))).every((runs) => runs.length > 0), { what: 'each to fire' });
    for (const { id } of made) {
      const runs = await runsOf(id);
      const planned = runs.map(({ planned_at }) => planned_at.getTime());
      // The newest fire that was missed; a minute may have gone by since.
      expect(planned.every((moment) => moment % 60_000 === 0 && Date.now() - moment < 180_000)).toBe(true);
      expect(new Set(planned).size).toBe(planned.length);
      expect(runs.length).toBeLessThan(3);
      expect(runs[0]).toMatchObject({ trigger: 'schedule' });
      expect((await rowOf(id)).next_run_at!.getTime() - planned.at(-1)!).toBe(60_000);
    }
  });

  it('are changed into intervals and back, and into none', async () => {
    await world.start(crm);
    const { id } = await world.createFlow({ connectionId: world.connect().id, intervalSeconds: 3_600 });
    expect(await update(id, { cron: '*/5 * * * *' })).toMatchObject({ cron: '*/5 * * * *', intervalSeconds: null, nextRunAt: expect.stringMatching(/:[0-5][05]:00\.000Z$/) as string });
    expect(await update(id, { intervalSeconds: 600 })).toMatchObject({ cron: null, intervalSeconds: 600 });
    expect(await update(id, { intervalSeconds: null })).toMatchObject({ cron: null, intervalSeconds: null, nextRunAt: null });
    expect((await rowOf(id)).next_run_at).toBeNull();
  });

  it('that are none are refused in words', async () => {
    await world.start(crm);
    const { id: connectionId } = world.connect();
    await expect(world.createFlow({ connectionId, cron: '0 0 30 2 *' })).rejects.toMatchObject({ code: 'VALIDATION', message: 'cron: names a day that never comes.' });
    await expect(world.createFlow({ connectionId, cron: '0 0 0 * * *' })).rejects.toMatchObject({ code: 'VALIDATION', message: expect.stringContaining('five') as string });
    const { id } = await world.createFlow({ connectionId });
    await expect(update(id, { cron: '99 * * * *' })).rejects.toMatchObject({ code: 'VALIDATION', params: { issues: [{ path: 'cron' }] } });
  });
});
