import { flows, type Flow } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { World } from './world.js';

const flow: Flow = {
  id: 'flow_1', platformId: 'plat_1', projectId: 'proj_1', displayName: 'People', isDefault: false, connectionId: 'conn_1', connectionState: 'present', connector: 'hubspot',
  streams: [{ name: 'contacts', mode: 'incremental', fields: null }], destination: { type: 'analytics' }, destinationState: null, intervalSeconds: 3_600, cron: null, enabled: true, nextRunAt: '2026-01-01T00:00:00.000Z', lastSyncedAt: null, created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z',
};

describe('flows over HTTP', () => {
  let world: World;
  const asked: unknown[] = [];

  beforeAll(async () => {
    world = await World.start();
    await Promise.all([
      world.answer(flows.list, ({ principal: _, ...request }) => {
        asked.push(request);
        return { data: [flow], next: null, previous: null };
      }),
      world.answer(flows.create, ({ flow: { intervalSeconds = 3_600, cron = null, ...wanted } }) => ({ ...flow, ...wanted, intervalSeconds, cron })),
      world.answer(flows.get, ({ id }) => {
        throw AppError.notFound('flow', id);
      }),
      world.answer(flows.update, ({ id, change }) => ({ ...flow, id, displayName: change.displayName ?? flow.displayName })),
      world.answer(flows.delete, ({ id }) => ({ deleted: id })),
    ]);
  });
  afterAll(() => world?.stop());

  const planner = { key: 'planner' };

  it('are listed, made, changed and deleted', async () => {
    expect(await (await world.call('/api/v1/flows?connectionId=conn_1&limit=5', planner)).json()).toEqual({ data: [flow], next: null, previous: null });
    expect(asked).toEqual([{ connectionId: 'conn_1', limit: 5 }]);
    const made = await world.post('/api/v1/flows', { displayName: ' Deals ', connectionId: 'conn_1', projectId: 'proj_1' }, planner);
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ displayName: 'Deals', streams: null, intervalSeconds: 3_600, enabled: true });
    expect(await (await world.post('/api/v1/flows/flow_7', { displayName: 'Sales' }, planner)).json()).toMatchObject({ id: 'flow_7', displayName: 'Sales' });
    expect(await (await world.call('/api/v1/flows/flow_7', { method: 'DELETE', ...planner })).json()).toEqual({ deleted: 'flow_7' });
    expect((await world.call('/api/v1/flows/flow_7', planner)).status).toBe(404);
  });

  it.each([
    { displayName: 'x' },
    { displayName: 'x', connectionId: 'conn_1', streams: [] },
    { displayName: 'x', connectionId: 'conn_1', intervalSeconds: 59 },
    { displayName: '', connectionId: 'conn_1' },
    { displayName: 'x', connectionId: 'conn_1', anything: 1 },
  ])('are not made of %j', async (body) => {
    expect((await world.post('/api/v1/flows', body, planner)).status).toBe(400);
  });

  it('need the scope', async () => {
    expect((await world.call('/api/v1/flows')).status).toBe(403);
    expect((await world.post('/api/v1/flows', { displayName: 'x', connectionId: 'conn_1' })).status).toBe(403);
    expect((await world.call('/api/v1/flows/flow_1', { method: 'DELETE' })).status).toBe(403);
  });
});
