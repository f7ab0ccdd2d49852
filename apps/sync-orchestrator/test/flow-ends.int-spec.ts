import { flowChange, flows, newId, runs, type Connection, type Flow, type WriteTarget } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import type { z } from 'zod';
import { startCrm, type CrmServer } from './crm-server.js';
import { World } from './world.js';

describe('the ends of a flow', () => {
  let world: World;
  let crm: CrmServer;

  beforeAll(async () => {
    world = await World.create();
    crm = await startCrm({ contacts: 5, companies: 5, deals: 5, activities: 5 });
    await world.start(crm);
  });
  afterAll(async () => {
    await world?.end();
    await crm.close();
  });
  afterEach(() => world.database.query('UPDATE sync.flow SET enabled = false'));

  const table = (name: string): WriteTarget => ({ kind: 'table', table: name, columns: {}, create: true });
  const into = ({ id }: Connection, targets: Record<string, WriteTarget> = { deals: table('deals') }) => ({ type: 'connection' as const, connectionId: id, targets });
  const postgres = (more: Partial<Connection> = {}) => world.connect(undefined, { connector: 'postgres', type: 'BASIC_AUTH', ...more });
  const manual = (connection: Connection, more: Parameters<World['createFlow']>[0] | object = {}): Promise<Flow> => world.createFlow({ connectionId: connection.id, intervalSeconds: null, ...more });
  const update = (id: string, change: z.input<typeof flowChange>): Promise<Flow> => world.client.rpc.call(flows.update, { principal: world.editor(), id, change: flowChange.parse(change) });
  const get = (id: string): Promise<Flow> => world.client.rpc.call(flows.get, { principal: world.editor(), id });
  const usage = (...connections: Connection[]) => world.client.rpc.call(flows.usage, { principal: world.editor(), connectionIds: connections.map(({ id }) => id) });
  const replace = (source: Connection, target: Connection) =>
    world.client.rpc.call(flows.replaceConnection, { principal: world.editor(), sourceId: source.id, targetId: target.id, connector: source.connector });
  const refusal = (path: string, words: RegExp) => ({ code: 'VALIDATION', params: { issues: [{ path }] }, message: expect.stringMatching(words) as string });

  it('may be a connection that can be written to, with a target for each stream that goes there', async () => {
    const target = postgres();
    const flow = await manual(world.connect(), { streams: ['deals', 'contacts'], destination: into(target) });
    expect(flow).toMatchObject({ destination: { type: 'connection', connectionId: target.id, targets: { deals: { table: 'deals' } } }, destinationState: 'present' });
    expect(await get(flow.id)).toEqual(flow);
    expect(await update(flow.id, { destination: { type: 'analytics' } })).toMatchObject({ destination: { type: 'analytics' }, destinationState: null });
  });

  it('are refused where they do not fit, in words', async () => {
    const [source, target] = [world.connect(), postgres()];
    await expect(manual(source, { destination: into(source) })).rejects.toMatchObject(refusal('destination.connectionId', /does not write to the connection it reads/));
    await expect(manual(source, { destination: into(world.connect()) })).rejects.toMatchObject(refusal('destination.connectionId', /not written to/));
    await expect(manual(source, { destination: into(target, { deals: { kind: 'file', directory: '/in', format: 'csv' } }) })).rejects.toMatchObject(refusal('destination.targets.deals', /"table", not "file"/));
    await expect(manual(source, { streams: ['contacts'], destination: into(target) })).rejects.toMatchObject(refusal('destination.targets.deals', /reads no such stream/));
    await expect(manual(source, { destination: into(target, { bygone: table('x') }) })).rejects.toMatchObject(refusal('destination.targets.bygone', /reads no such stream/));
    await expect(manual(source, { destination: into(postgres({ projectId: 'proj_other', projectIds: ['proj_other'] })) })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(manual(source, { destination: into({ ...target, id: newId('connection') }) })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    const flow = await manual(source, { streams: ['deals'], destination: into(target) });
    await expect(update(flow.id, { streams: ['contacts'] })).rejects.toMatchObject(refusal('destination.targets.deals', /reads no such stream/));
    await expect(update(flow.id, { connectionId: target.id })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('may be any table of a database: which there are is found out when it is read', async () => {
    expect(await manual(postgres(), { streams: ['orders', { name: 'people', mode: 'full', fields: ['id'] }] })).toMatchObject({ streams: [{ name: 'orders' }, { name: 'people', mode: 'full', fields: ['id'] }] });
  });

  it('need what was granted for the streams that are chosen', async () => {
    const narrow = world.connect(undefined, { connector: 'hubspot', scopes: ['oauth', 'crm.objects.companies.read'] });
    await expect(manual(narrow, { streams: ['contacts', 'companies'] })).rejects.toMatchObject(refusal('streams', /contacts needs crm\.objects\.contacts\.read.*authorize it again/));
    const flow = await manual(narrow, { streams: ['companies'] });
    await expect(update(flow.id, { streams: ['contacts'] })).rejects.toMatchObject(refusal('streams', /crm\.objects\.contacts\.read/));
    expect(await manual(narrow)).toMatchObject({ streams: null });
    narrow.scopes.push('crm.objects.contacts.read');
    expect(await update(flow.id, { streams: ['contacts'] })).toMatchObject({ streams: [{ name: 'contacts' }] });
  });

  it('are both in use: who is written to counts, goes missing, and keeps the flow from running', async () => {
    const [source, target] = [world.connect(), postgres()];
    const flow = await manual(source, { destination: into(target) });
    expect(await usage(source, target)).toEqual({ flowIds: { [source.id]: [flow.id], [target.id]: [flow.id] }, enabled: { [source.id]: 1, [target.id]: 1 } });
    await world.deleted(target);
    await waitFor(async () => (await get(flow.id)).destinationState === 'missing', { what: 'the loss to be noted' });
    expect(await get(flow.id)).toMatchObject({ connectionState: 'present', destinationState: 'missing', nextRunAt: null });
    const run = world.client.rpc.call(runs.start, { principal: world.principal(), flowId: flow.id, full: false });
    await expect(run).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('writes to was deleted') as string });
    expect(await update(flow.id, { streams: ['deals'] })).toMatchObject({ destinationState: 'missing' });
    expect(await update(flow.id, { destination: into(postgres()) })).toMatchObject({ destinationState: 'present' });
  });

  it('are replaced, the one that is written to as the one that is read; a repeat changes nothing', async () => {
    const [source, before, after] = [world.connect(), postgres(), postgres()];
    const flow = await manual(source, { destination: into(before) });
    await world.database.query(`INSERT INTO sync.checkpoint (flow_id, stream, state) VALUES ($1, 'deals', '{"done":true}')`, [flow.id]);
    expect(await replace(before, after)).toEqual({ flowIds: [flow.id] });
    expect(await get(flow.id)).toMatchObject({ connectionId: source.id, destination: into(after), destinationState: 'present' });
    // Nothing of it is there yet.
    expect(await world.database.query('SELECT state FROM sync.checkpoint WHERE flow_id = $1', [flow.id])).toEqual([{ state: null }]);
    expect(await replace(before, after)).toEqual({ flowIds: [] });
    const back = await manual(after, { streams: ['orders'], destination: into(before, { orders: table('orders') }) });
    await expect(replace(before, after)).rejects.toMatchObject({ code: 'CONFLICT', params: { flowId: back.id } });
    expect((await get(back.id)).destination).toEqual(into(before, { orders: table('orders') }));
  });

  it('that change begin anew where nothing is there yet, and nowhere else', async () => {
    const flow = await manual(world.connect(), { streams: ['deals', 'contacts'] });
    const states = async () => Object.fromEntries((await world.database.query<{ stream: string; state: unknown }>('SELECT stream, state FROM sync.checkpoint WHERE flow_id = $1', [flow.id])).map(({ stream, state }) => [stream, state !== null]));
    await world.database.query(`INSERT INTO sync.checkpoint (flow_id, stream, state) VALUES ($1, 'deals', '{"done":true}'), ($1, 'contacts', '{"done":true}')`, [flow.id]);
    await update(flow.id, { displayName: 'Another name', streams: [{ name: 'deals', mode: 'full' }, 'contacts'] });
    expect(await states()).toEqual({ deals: true, contacts: true });
    await update(flow.id, { streams: [{ name: 'deals', fields: ['name'] }, 'contacts'] });
    expect(await states()).toEqual({ deals: false, contacts: true });
    await update(flow.id, { destination: into(postgres()) });
    expect(await states()).toEqual({ deals: false, contacts: false });
  });
});
