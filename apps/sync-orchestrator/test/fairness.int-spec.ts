import { newId, runs, type Principal } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { startCrm, type CrmServer } from './crm-server.js';
import { World } from './world.js';

describe('tenants that share the workers', () => {
  let world: World;
  let crm: CrmServer;
  const [crowd, lone] = [newId('project'), newId('project')];

  beforeAll(async () => {
    world = await World.create();
    crm = await startCrm({ contacts: 60, companies: 60, deals: 60, activities: 60 });
  });
  afterAll(async () => {
    await world?.end();
    await crm.close();
  });
  afterEach(async () => {
    await world.stopServices();
    crm.intercept(null);
    world.connections.clear();
    await world.database.query('TRUNCATE sync.run, sync.task, sync.quarantine, sync.sync_run CASCADE');
  });

  const principal = (projectId: string, more: Partial<Principal> = {}) => world.principal({ projectId, scopes: ['flows:read', 'flows:write', 'syncs:run'], ...more });
  const flowOf = async (projectId: string) => (await world.createFlow({ connectionId: world.connect(projectId).id, intervalSeconds: null }, principal(projectId))).id;
  const start = (projectId: string, flowId: string) => world.client.rpc.call(runs.start, { principal: principal(projectId), flowId, full: false });
  const isOver = async (projectId: string, id: string) => (await world.client.rpc.call(runs.get, { principal: principal(projectId), id })).finishedAt !== null;
  const tasks = async (condition: string): Promise<number> => (await world.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM sync.task WHERE project_id = $1 AND ${condition}`, [crowd]))[0]!.count;
  /** How long one run of a flow takes from its start. */
  const timed = async (): Promise<number> => {
    const flowId = await flowOf(lone);
    const began = performance.now();
    const { id } = await start(lone, flowId);
    await waitFor(() => isOver(lone, id), { what: 'the run of the one', timeoutMs: 60_000 });
    return performance.now() - began;
  };
  /** Two hundred slow streams. */
  const beCrowded = async (pauseMs: number): Promise<void> => {
    const slow = new Set<string>();
    crm.intercept(({ authorization }) => (slow.has(authorization ?? '') ? new Promise((resolve) => setTimeout(resolve, pauseMs)) : undefined));
    const flows: string[] = [];
    // A few at once: on a busy machine fifty would be longer than a question may take.
    for (let turn = 0; turn < 10; turn += 1) flows.push(...(await Promise.all(Array.from({ length: 5 }, () => flowOf(crowd)))));
    for (const connection of world.connections.values()) if (connection.projectId === crowd) slow.add(`Bearer ${world.tokens.get(connection.id)}`);
    for (let from = 0; from < flows.length; from += 5) await Promise.all(flows.slice(from, from + 5).map((flowId) => start(crowd, flowId)));
    await waitFor(async () => (await tasks('lease_owner IS NOT NULL')) >= 4, { what: 'all workers to be busy' });
  };
  const settings = { TRUNKLINE_SYNC_WORKERS: '4', TRUNKLINE_SYNC_PAGE_SIZE: '5' };

  it('do not wait for one with two hundred slow streams', async () => {
    await world.start(crm, settings);
    const alone = await timed();
    await beCrowded(120);
    const inCrowd = await timed();
    expect(inCrowd).toBeLessThan(Math.max(4 * alone, 4_000));
    // Each of the streams takes more than a second: in a queue the one would have stood behind most of them.
    expect(await tasks(`status = 'succeeded'`)).toBeLessThan(30);
  });

  it('give workers back page by page when another comes: a long turn is not sat out', async () => {
    await world.start(crm, { ...settings, TRUNKLINE_SYNC_SLICE_SECONDS: '600' });
    await beCrowded(1_000);
    const inCrowd = await timed();
    // A turn is twelve pages of a second.
    expect(inCrowd).toBeLessThan(9_000);
    expect(await tasks(`status = 'succeeded'`)).toBe(0);
    expect(await tasks('pages > 0')).toBeGreaterThan(0);
  });

  it('a replica with its hands full holds back nothing that an idle one could read', async () => {
    await world.start(crm, settings);
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    crm.intercept(() => gate);
    const read = async () => (await world.database.query<{ count: number }>('SELECT count(*)::int AS count FROM sync.task WHERE lease_owner IS NOT NULL'))[0]!.count;
    const first = await start(lone, await flowOf(lone));
    await waitFor(async () => (await read()) === 4, { what: 'all its hands to be full' });
    const second = await start(lone, await flowOf(lone));
    // Whoever asks for work ahead of time has had it by now.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await world.start(crm, settings);
    // What a busy replica kept to itself would come after twelve seconds.
    await waitFor(async () => (await read()) === 8, { what: 'the idle replica to read the other four', timeoutMs: 8_000, intervalMs: 50 });
    open();
    for (const { id } of [first, second]) await waitFor(() => isOver(lone, id), { what: 'the run to end', timeoutMs: 60_000 });
  });

  it('share what there is on several replicas, and every task is read once', async () => {
    await Promise.all([world.start(crm, settings), world.start(crm, settings)]);
    await beCrowded(0);
    await timed();
    await waitFor(async () => (await tasks(`status IN ('queued', 'running')`)) === 0, { what: 'all to end', timeoutMs: 60_000 });
    expect(await tasks(`status = 'succeeded' AND records = 60 AND attempts = 0`)).toBe(200);
  }, 120_000);
});
