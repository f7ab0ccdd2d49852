import type { z } from 'zod';
import { auditRecorded, flowChange, flows, newId, type Connection, type Flow } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { startCrm, type CrmServer } from './crm-server.js';
import { World } from './world.js';

describe('flows that people make', () => {
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
    world.onGet = () => undefined;
    world.onLease = () => undefined;
  });
  afterEach(async () => {
    await world.stopServices();
    await crm.close();
    await world.database.query('UPDATE sync.flow SET enabled = false');
  });

  const usage = (connections: Connection[], principal = world.editor()) => world.client.rpc.call(flows.usage, { principal, connectionIds: connections.map(({ id }) => id) });
  const get = (id: string, principal = world.editor()): Promise<Flow> => world.client.rpc.call(flows.get, { principal, id });
  const update = (id: string, change: z.input<typeof flowChange>, principal = world.editor()): Promise<Flow> =>
    world.client.rpc.call(flows.update, { principal, id, change: flowChange.parse(change) });
  const remove = (id: string, principal = world.editor()) => world.client.rpc.call(flows.delete, { principal, id });
  const list = (more: { connectionId?: string; limit?: number; cursor?: string } = {}, principal = world.editor()) =>
    world.client.rpc.call(flows.list, { principal, limit: 100, ...more });
  const replace = (source: Connection, target: Connection, principal = world.editor()) =>
    world.client.rpc.call(flows.replaceConnection, { principal, sourceId: source.id, targetId: target.id, connector: 'sandbox_crm' });
  const runsOf = (flowId: string) => world.database.query<{ id: string; status: string; connection_id: string }>('SELECT * FROM sync.run WHERE flow_id = $1 ORDER BY created_at', [flowId]);
  const tasksOf = (flowId: string) =>
    world.database.query<{ stream: string; status: string; error_code: string | null }>('SELECT stream, status, error_code FROM sync.task WHERE flow_id = $1 ORDER BY stream', [flowId]);
  const taken = (eventId: string) => waitFor(async () => (await world.database.query('SELECT 1 FROM sync.inbox WHERE event_id = $1', [eventId])).length > 0, { what: 'the event to be taken over' });
  const audited = (flowId: string) => world.told(auditRecorded, (data) => (data['target'] as { id: string }).id === flowId);
  const soon = { TRUNKLINE_SYNC_FIRST_DELAY_SECONDS: '0' };
  const slow = () => crm.intercept(() => new Promise((resolve) => setTimeout(resolve, 40)));

  it('read the chosen streams of their connection into their project, and are shown, changed and deleted', async () => {
    await world.start(crm, soon);
    const connection = world.connect();
    const flow = await world.createFlow({ connectionId: connection.id, displayName: 'People', streams: ['companies', 'deals'] });
    expect(flow).toMatchObject({ displayName: 'People', isDefault: false, connectionState: 'present', connector: 'sandbox_crm', projectId: world.projectId, intervalSeconds: 3_600, enabled: true });
    await waitFor(async () => (await get(flow.id)).lastSyncedAt !== null, { what: 'the first run' });
    expect(await tasksOf(flow.id)).toMatchObject([{ stream: 'companies' }, { stream: 'deals' }]);
    expect((await world.applied(connection.id)).size).toBe(40);

    expect(await update(flow.id, { displayName: 'Sales', streams: null, enabled: false })).toMatchObject({ displayName: 'Sales', streams: null, enabled: false, nextRunAt: null });
    expect((await list({ connectionId: connection.id })).data).toMatchObject([{ id: flow.id, displayName: 'Sales' }]);
    expect(await remove(flow.id)).toEqual({ deleted: flow.id });
    await expect(get(flow.id)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(remove(flow.id)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    expect((await list({ connectionId: connection.id })).data).toEqual([]);
    await waitFor(async () => (await audited(flow.id)).length === 3, { what: 'the audit entries' });
    expect(await audited(flow.id)).toMatchObject([
      { action: 'flow.created', actor: { id: 'key_editor' }, projectId: world.projectId },
      { action: 'flow.updated', details: { changed: ['displayName', 'streams', 'enabled'] } },
      { action: 'flow.deleted' },
    ]);
  });

  it('say what is wrong with them', async () => {
    await world.start(crm);
    const { id: connectionId } = world.connect();
    await expect(world.createFlow({ connectionId, streams: ['contacts', 'unheard_of'] })).rejects.toMatchObject({ code: 'VALIDATION', message: expect.stringContaining('unheard_of') as string });
    await expect(world.createFlow({ connectionId: newId('connection') })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(world.createFlow({ connectionId }, world.editor({ scopes: ['flows:read'] }))).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await expect(world.createFlow({ connectionId }, world.editor({ reach: 'platform', projectId: null }))).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    const flow = await world.createFlow({ connectionId });
    await expect(update(flow.id, { streams: ['unheard_of'] })).rejects.toMatchObject({ code: 'VALIDATION' });
    await taken(await world.activated(world.connections.get(connectionId)!));
    const standing = (await list({ connectionId })).data.find(({ isDefault }) => isDefault)!;
    await expect(remove(standing.id)).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(await update(standing.id, { displayName: 'Nightly', intervalSeconds: 86_400 })).toMatchObject({ displayName: 'Nightly', isDefault: true });
  });

  it('belong to their project: a foreign one and an unknown one answer alike, in lists too', async () => {
    await world.start(crm);
    const flow = await world.createFlow({ connectionId: world.connect().id });
    const foreigners = [world.editor({ projectId: newId('project') }), world.editor({ platformId: newId('platform') }), world.editor({ reach: 'platform', platformId: newId('platform'), projectId: null })];
    for (const foreigner of foreigners) {
      await expect(get(flow.id, foreigner)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND', params: { message: 'Flow not found' } });
      await expect(update(flow.id, { enabled: false }, foreigner)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
      await expect(remove(flow.id, foreigner)).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
      expect((await list({}, foreigner)).data).toEqual([]);
      expect(await usage([world.connections.get(flow.connectionId)!], foreigner)).toEqual({ flowIds: {}, enabled: {} });
    }
    expect(await get(flow.id, world.editor({ reach: 'platform', projectId: null }))).toMatchObject({ id: flow.id });
    await expect(get(flow.id, world.editor({ projectId: null }))).rejects.toMatchObject({ code: 'AUTHORIZATION' });
  });

  it('come in pages', async () => {
    await world.start(crm);
    const { id: connectionId } = world.connect();
    const made = [];
    for (let number = 0; number < 5; number += 1) made.push((await world.createFlow({ connectionId, displayName: `Flow ${number}` })).id);
    const first = await list({ connectionId, limit: 2 });
    const second = await list({ connectionId, limit: 2, cursor: first.next! });
    const third = await list({ connectionId, limit: 2, cursor: second.next! });
    expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(made);
    expect(third.next).toBeNull();
    await expect(list({ limit: 2, cursor: first.next! })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('read a connection of the platform, which has no flow by itself, for each project that makes one', async () => {
    await world.start(crm);
    const other = newId('project');
    const shared = world.connect(null, { projectIds: [world.projectId, other] });
    await taken(await world.activated(shared));
    expect((await list({ connectionId: shared.id })).data).toEqual([]);
    await expect(world.createFlow({ connectionId: shared.id }, world.editor({ projectId: newId('project'), reach: 'platform' }))).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    const mine = await world.createFlow({ connectionId: shared.id, streams: ['companies'] });
    const theirs = await world.createFlow({ connectionId: shared.id, streams: ['companies'] }, world.editor({ projectId: other }));
    const sync = await world.syncToTheEnd();
    expect(sync).toMatchObject({ status: 'succeeded', connectors: ['sandbox_crm'], runs: [{ flowId: mine.id }] });
    expect(await runsOf(theirs.id)).toEqual([]);
    const again = await world.run(world.principal({ projectId: other }));
    expect(await world.ended(again.syncId, undefined, world.principal({ projectId: other }))).toMatchObject({ runs: [{ flowId: theirs.id, status: 'succeeded' }] });
    // Read later, so newer: of two flows on one stream the last word is the last reading.
    expect((await world.batches(shared.id)).map(({ projectId, generation }) => [projectId, generation])).toEqual([[world.projectId, 1], [other, 2]]);
  });

  it('stay when their connection is deleted: shown missing, cancelled, and not run again until it is back', async () => {
    await world.start(crm, { ...soon, TRUNKLINE_SYNC_PAGE_SIZE: '5' });
    slow();
    const connection = world.connect();
    const flow = await world.createFlow({ connectionId: connection.id, intervalSeconds: 60 });
    await waitFor(async () => (await world.batches(connection.id)).length > 2, { what: 'the run to be under way' });
    await taken(await world.deleted(connection));
    expect(await get(flow.id)).toMatchObject({ connectionState: 'missing', nextRunAt: null });
    expect(await runsOf(flow.id)).toMatchObject([{ status: 'cancelled' }]);
    expect((await tasksOf(flow.id)).some(({ error_code }) => error_code === 'connection_deleted')).toBe(true);
    await world.database.query(`UPDATE sync.flow SET next_run_at = now() - interval '10 seconds' WHERE id = $1`, [flow.id]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await runsOf(flow.id)).toHaveLength(1);
    await expect(world.createFlow({ connectionId: connection.id })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    // The registry's answer was under way when the deletion was heard of.
    world.connections.set(connection.id, connection);
    await expect(world.createFlow({ connectionId: connection.id })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    crm.intercept(null);
    await taken(await world.activated(connection));
    await waitFor(async () => (await get(flow.id)).lastSyncedAt !== null, { what: 'the run after it came back' });
    expect((await runsOf(flow.id)).map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
  });

  it('pause while their connection is disabled, with the reason, and go on where they were', async () => {
    await world.start(crm, { ...soon, TRUNKLINE_SYNC_PAGE_SIZE: '5' });
    slow();
    const connection = world.connect();
    await taken(await world.activated(connection));
    const flow = await world.createFlow({ connectionId: connection.id, streams: ['contacts'], intervalSeconds: 60 });
    await waitFor(async () => (await world.database.query('SELECT 1 FROM sync.task WHERE flow_id = $1 AND records >= 15', [flow.id])).length > 0, { what: 'the run to be under way' });
    await taken(await world.disabled(connection));
    const standing = await world.database.query<{ status: string }>(`SELECT status FROM sync.run WHERE connection_id = $1`, [connection.id]);
    expect(standing.every(({ status }) => status === 'cancelled')).toBe(true);
    expect(await tasksOf(flow.id)).toMatchObject([{ status: 'cancelled', error_code: 'connection_disabled' }]);
    // What was read stays read: a person's pause is no other account.
    const kept = await world.database.query<{ state: unknown }>('SELECT state FROM sync.checkpoint WHERE flow_id = $1', [flow.id]);
    expect(kept).toMatchObject([{ state: expect.any(Object) as object }]);
    await world.database.query(`UPDATE sync.flow SET next_run_at = now() - interval '10 seconds' WHERE connection_id = $1`, [connection.id]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await runsOf(flow.id)).toHaveLength(1);
    crm.intercept(null);
    await taken(await world.activated(connection));
    await waitFor(async () => (await get(flow.id)).lastSyncedAt !== null, { what: 'the run after it was enabled' });
    expect(await runsOf(flow.id)).toMatchObject([{ status: 'cancelled' }, { status: 'succeeded' }]);
  });

  it('read another connection after a replacement, from the start; a repeat changes nothing', async () => {
    await world.start(crm, { ...soon, TRUNKLINE_SYNC_PAGE_SIZE: '5' });
    const [source, target] = [world.connect(), world.connect()];
    await taken(await world.activated(source));
    const [one, two] = [await world.createFlow({ connectionId: source.id, streams: ['companies'] }), await world.createFlow({ connectionId: source.id, streams: ['contacts'], enabled: false })];
    await waitFor(async () => (await get(one.id)).lastSyncedAt !== null, { what: 'the first run' });
    slow();
    await update(two.id, { enabled: true });
    await waitFor(async () => (await runsOf(two.id))[0]?.status === 'running', { what: 'the second flow to be read' });
    const outside = await world.createFlow({ connectionId: world.connect().id, enabled: false });

    expect(await replace(source, target, world.editor({ projectId: newId('project') }))).toEqual({ flowIds: [] });
    expect((await replace(source, target, world.editor({ reach: 'platform', projectId: null }))).flowIds).toEqual([one.id, two.id]);
    crm.intercept(null);
    expect(await get(one.id)).toMatchObject({ connectionId: target.id });
    expect(await runsOf(two.id)).toMatchObject([{ status: 'cancelled', connection_id: source.id }]);
    const states = await world.database.query<{ state: unknown }>('SELECT state FROM sync.checkpoint WHERE flow_id = ANY($1)', [[one.id, two.id]]);
    expect(states.map(({ state }) => state)).toEqual(states.map(() => null));
    expect(await replace(source, target)).toEqual({ flowIds: [] });
    expect(await get(outside.id)).toMatchObject({ connectionId: outside.connectionId });
    // The default flow is the source's own, and stays.
    expect((await list({ connectionId: source.id })).data).toMatchObject([{ isDefault: true }]);
    expect(await usage([source, target])).toEqual({ flowIds: { [target.id]: [one.id, two.id] }, enabled: { [target.id]: 2 } });

    await world.database.query(`UPDATE sync.flow SET next_run_at = now() WHERE id = $1`, [one.id]);
    await waitFor(async () => (await world.applied(target.id)).size === 20, { what: 'everything of the other account' });
    await waitFor(async () => (await audited(two.id)).some(({ action }) => action === 'flow.replaced'), { what: 'the audit entry' });
  });

  it('move all, also those that are made while the connection is replaced; a deleted one takes no place', async () => {
    await Promise.all([world.start(crm), world.start(crm)]);
    const [source, target] = [world.connect(), world.connect()];
    const creations = Array.from({ length: 12 }, () => world.createFlow({ connectionId: source.id, enabled: false }));
    const replaced = await Promise.all([replace(source, target), replace(source, target), ...creations].map((work) => work as Promise<unknown>));
    expect(replaced).toHaveLength(14);
    await replace(source, target);
    const { flowIds } = await usage([source, target]);
    expect(flowIds[source.id]).toBeUndefined();
    expect(flowIds[target.id]).toHaveLength(12);
    await taken(await world.deleted(source));
    await expect(replace(target, source)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await usage([target])).flowIds[target.id]).toHaveLength(12);
  });

  it('that were deleted go with their last run', async () => {
    const service = await world.start(crm, soon);
    const flow = await world.createFlow({ connectionId: world.connect().id, streams: ['companies'] });
    await waitFor(async () => (await get(flow.id)).lastSyncedAt !== null, { what: 'a run' });
    await remove(flow.id);
    await world.database.query(`UPDATE sync.run SET finished_at = now() - interval '40 days' WHERE flow_id = $1`, [flow.id]);
    await world.database.query(`UPDATE sync.flow SET deleted_at = now() - interval '40 days' WHERE id = $1`, [flow.id]);
    await service.close();
    await world.start(crm);
    await waitFor(async () => (await world.database.query('SELECT 1 FROM sync.flow WHERE id = $1', [flow.id])).length === 0, { what: 'the row to go' });
  });

  it('whose streams are all gone have nothing to read, and succeed at that', async () => {
    await world.start(crm);
    const connection = world.connect();
    await taken(await world.activated(connection));
    await world.database.query(`UPDATE sync.flow SET streams = '[{"name":"bygone","mode":"incremental","fields":null}]' WHERE connection_id = $1`, [connection.id]);
    expect(await world.syncToTheEnd()).toMatchObject({ status: 'succeeded', records: 0, runs: [{ status: 'succeeded', records: 0, streams: [] }] });
  });
});
