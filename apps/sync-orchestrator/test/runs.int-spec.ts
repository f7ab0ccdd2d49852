import { auditRecorded, newId, runs, type Principal, type Run } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { startCrm, send, type CrmServer } from './crm-server.js';
import { World } from './world.js';

describe('runs of a flow', () => {
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

  const runner = (more: Partial<Principal> = {}) => world.principal({ id: 'key_runner', scopes: ['syncs:run', 'flows:read'], ...more });
  const start = (flowId: string, full = false, principal = runner()): Promise<Run> => world.client.rpc.call(runs.start, { principal, flowId, full });
  const get = (id: string, principal = runner()): Promise<Run> => world.client.rpc.call(runs.get, { principal, id });
  const cancel = (id: string, principal = runner()): Promise<Run> => world.client.rpc.call(runs.cancel, { principal, id });
  const retry = (id: string, principal = runner()): Promise<Run> => world.client.rpc.call(runs.retry, { principal, id });
  const list = (more: { flowId?: string; status?: Run['status']; limit?: number; cursor?: string } = {}, principal = runner()) => world.client.rpc.call(runs.list, { principal, limit: 10, ...more });
  const quarantined = (id: string, more: { limit?: number; cursor?: string } = {}, principal = runner()) => world.client.rpc.call(runs.quarantined, { principal, id, limit: 10, ...more });
  const over = (id: string) => waitFor(async () => ((await get(id)).finishedAt === null ? undefined : get(id)), { what: `run ${id} to end`, timeoutMs: 20_000 });
  const audited = (action: string, flowId: string) => world.told(auditRecorded, (data) => data['action'] === action && (data['details'] as { flowId: string }).flowId === flowId);
  const manual = (connectionId: string, more: object = {}) => world.createFlow({ connectionId, intervalSeconds: null, ...more });
  const slow = (ms = 40) => crm.intercept(() => new Promise((resolve) => setTimeout(resolve, ms)));

  it('are started when somebody says so, read on where the last one ended, and begin anew in full', async () => {
    await world.start(crm);
    const flow = await manual(world.connect().id, { streams: ['contacts', { name: 'companies', mode: 'full' }] });
    expect(flow).toMatchObject({ intervalSeconds: null, cron: null, nextRunAt: null });
    const first = await start(flow.id);
    expect(first).toMatchObject({ flowId: flow.id, trigger: 'manual', streams: [{ stream: 'companies', mode: 'full' }, { stream: 'contacts', mode: 'incremental', quarantined: 0 }] });
    expect(await over(first.id)).toMatchObject({ status: 'succeeded', records: 270 });
    const counts = (run: Run) => Object.fromEntries(run.streams.map(({ stream, records }) => [stream, records]));
    // The newest row's moment is where the next one begins: it may come again.
    const second = counts(await over((await start(flow.id)).id));
    expect(second.companies).toBe(20);
    expect(second.contacts).toBeLessThan(10);
    expect(counts(await over((await start(flow.id, true)).id))).toEqual({ contacts: 250, companies: 20 });
    await waitFor(async () => (await audited('run.started', flow.id)).length === 3, { what: 'the audit entries' });
  });

  it('are one at a time: a second start answers the one under way, at once too', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_PAGE_SIZE: '10' });
    slow();
    const flow = await manual(world.connect().id);
    const started = await Promise.all(Array.from({ length: 6 }, () => start(flow.id)));
    expect(new Set(started.map(({ id }) => id)).size).toBe(1);
    expect((await start(flow.id, true)).id).toBe(started[0]!.id);
    await cancel(started[0]!.id);
  });

  it('end in the middle when they are cancelled: nothing more is asked or published, and the next one goes on', async () => {
    await world.start(crm, { TRUNKLINE_SYNC_PAGE_SIZE: '5' });
    slow();
    const connection = world.connect();
    const flow = await manual(connection.id, { streams: ['contacts'] });
    const { id } = await start(flow.id);
    await waitFor(async () => (await get(id)).records >= 20, { what: 'the run to be under way' });
    const cancelled = await cancel(id);
    expect(cancelled).toMatchObject({ status: 'cancelled', streams: [{ status: 'cancelled', error: { code: 'cancelled' } }] });
    const published = async () => crm.requests('contacts') + (await world.batches(connection.id)).length;
    await waitFor(
      async () => {
        const before = await published();
        await new Promise((resolve) => setTimeout(resolve, 400));
        return before === (await published());
      },
      { what: 'silence' },
    );
    expect(crm.requests('contacts')).toBeLessThan(45);
    // Once more, and by somebody else of the project: as it is.
    expect(await cancel(id)).toEqual(await get(id));
    await waitFor(async () => (await audited('run.cancelled', flow.id)).length > 0, { what: 'the audit entry' });
    expect(await audited('run.cancelled', flow.id)).toMatchObject([{ target: { id }, actor: { id: 'key_runner' } }]);
    crm.intercept(null);
    const next = await over((await start(flow.id)).id);
    expect(next).toMatchObject({ status: 'succeeded' });
    expect(next.records).toBeLessThan(250 - 15);
    expect((await world.applied(connection.id)).size).toBe(250);
  });

  it('are tried again for the streams that failed, and for those alone', async () => {
    await world.start(crm);
    crm.intercept(({ stream }, response) => {
      if (stream !== 'deals') return;
      send(response, 403, { error: 'no' });
      return 'answered';
    });
    const flow = await manual(world.connect().id);
    const first = await over((await start(flow.id)).id);
    expect(first.status).toBe('partial');
    expect(first.streams.find(({ stream }) => stream === 'deals')).toMatchObject({ status: 'failed', error: { code: 'insufficient_scope', message: expect.stringMatching(/\w+ .*\./) as string } });
    crm.intercept(null);
    const again = await retry(first.id);
    expect(again).toMatchObject({ trigger: 'retry', streams: [{ stream: 'deals' }] });
    expect(await over(again.id)).toMatchObject({ status: 'succeeded', records: 20 });
    await expect(retry(again.id)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('nothing to retry') as string });
    slow(200);
    const underWay = await start(flow.id, true);
    expect((await retry(first.id)).id).toBe(underWay.id);
    await cancel(underWay.id);
  });

  it('are listed, newest first, in pages, by flow and by outcome', async () => {
    await world.start(crm);
    const connection = world.connect();
    const [flow, other] = [await manual(connection.id, { streams: ['deals'] }), await manual(connection.id, { streams: ['deals'] })];
    const made: string[] = [];
    for (let number = 0; number < 5; number += 1) made.unshift((await over((await start(flow.id)).id)).id);
    await over((await start(other.id)).id);
    const first = await list({ flowId: flow.id, limit: 2 });
    const second = await list({ flowId: flow.id, limit: 2, cursor: first.next! });
    const third = await list({ flowId: flow.id, limit: 2, cursor: second.next! });
    expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(made);
    expect(third.next).toBeNull();
    expect((await list({ flowId: flow.id, limit: 2, cursor: third.previous! })).data.map(({ id }) => id)).toEqual(made.slice(2, 4));
    expect(first.data[0]).toMatchObject({ streams: [{ stream: 'deals', status: 'succeeded' }] });
    expect((await list({ flowId: flow.id, status: 'failed' })).data).toEqual([]);
    expect((await world.client.rpc.call(runs.list, { principal: runner(), connectionId: connection.id, limit: 10 })).data).toHaveLength(6);
  });

  it('show what was put aside', async () => {
    await world.start(crm);
    for (let number = 0; number < 3; number += 1) crm.put('deals', { id: '', name: `nameless ${number}` });
    const flow = await manual(world.connect().id, { streams: ['deals'] });
    const { id } = await start(flow.id);
    const { streams } = await over(id);
    const all = (await quarantined(id)).data;
    expect(all.length).toBe(streams[0]!.quarantined);
    expect(all.length).toBeGreaterThan(0);
    expect(all[0]).toMatchObject({ stream: 'deals', reason: expect.stringMatching(/\w/) as string, page: expect.any(Number) as number, position: expect.any(Number) as number });
  });

  it('are not started where the connection is not to be used, and say why', async () => {
    await world.start(crm);
    const connection = world.connect();
    const flow = await manual(connection.id);
    await world.disabled(connection);
    await waitFor(async () => (await world.database.query(`SELECT 1 FROM sync.flow WHERE id = $1 AND source_state = 'disabled'`, [flow.id])).length > 0, { what: 'the pause' });
    await expect(start(flow.id)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('disabled') as string });
    await expect(start(newId('flow'))).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
  });

  it('belong to their project: for everybody else they are not there', async () => {
    await world.start(crm);
    const flow = await manual(world.connect().id, { streams: ['deals'] });
    const { id } = await over((await start(flow.id)).id);
    const foreigners = [runner({ projectId: newId('project') }), runner({ platformId: newId('platform') }), runner({ reach: 'platform', platformId: newId('platform'), projectId: null })];
    for (const foreigner of foreigners) {
      await expect(start(flow.id, false, foreigner)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
      for (const verb of [get, cancel, retry]) await expect(verb(id, foreigner)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
      await expect(quarantined(id, {}, foreigner)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
      expect((await list({ flowId: flow.id }, foreigner)).data).toEqual([]);
    }
    expect((await list({ flowId: flow.id }, runner({ reach: 'platform', projectId: null }))).data).toMatchObject([{ id }]);
    const reader = runner({ scopes: ['flows:read'] });
    expect(await get(id, reader)).toMatchObject({ id });
    for (const refused of [start(flow.id, false, reader), cancel(id, reader), retry(id, reader), get(id, runner({ scopes: ['connections:read'] }))]) await expect(refused).rejects.toMatchObject({ code: 'AUTHORIZATION' });
  });
});
