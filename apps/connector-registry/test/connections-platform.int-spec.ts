import { connectionConfigured, connections, projects, type Principal, type RequestOf } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { verbs } from './connection-verbs.js';
import { answerAuthorizations, answerCredentials, answerFlows, codeOf, startRegistry, type Registry } from './harness.js';

let registry: Registry;
let keeper: Awaited<ReturnType<typeof answerCredentials>>;
let broker: Awaited<ReturnType<typeof answerAuthorizations>>;
let orchestrator: Awaited<ReturnType<typeof answerFlows>>;
beforeAll(async () => {
  registry = await startRegistry();
  keeper = await answerCredentials(registry);
  broker = await answerAuthorizations(registry);
  orchestrator = await answerFlows(registry);
});
afterAll(async () => {
  for (const part of [keeper, broker, orchestrator, registry]) await part.stop();
});

const { activate, authorize, connect, get, list, remove } = verbs(() => registry);
const update = (principal: Principal, id: string, change: RequestOf<typeof connections.update>['change']) => registry.call(connections.update, { principal, id, change });

/** Two projects of one platform, its admin, and a stranger's project. */
async function world() {
  const one = await registry.tenant();
  const two = await registry.tenant({ platformId: one.platform.id });
  const stranger = await registry.tenant();
  const admin = await registry.platformPrincipal(one.platform.id);
  return { one, two, stranger, admin };
}

describe('a connection of the platform', () => {
  it('is made by its admins alone', async () => {
    const { one, admin } = await world();
    const refused = [one.principal, await one.principalWith(['admin']), await registry.platformPrincipal(one.platform.id, ['connections:write'])];
    for (const principal of refused) expect(await codeOf(connect(principal, { scope: 'PLATFORM', externalId: 'global' }))).toBe('AUTHORIZATION');
    expect(await connect(admin, { scope: 'PLATFORM', externalId: 'global' })).toMatchObject({ scope: 'PLATFORM', projectId: null, projectIds: [], platformId: one.platform.id });
    expect(keeper.puts.at(-1)).toMatchObject({ projectId: null, projectIds: [] });
  });

  it('is used by the projects it is shared with, seen by no other, and changed by none of them', async () => {
    const { one, two, stranger, admin } = await world();
    const { id } = await connect(admin, { scope: 'PLATFORM', externalId: 'global', projectIds: [one.project.id] });
    expect(keeper.puts.at(-1)).toMatchObject({ projectIds: [one.project.id] });
    const projectAdmin = await one.principalWith(['admin']);
    expect(await get(one.principal, id)).toMatchObject({ id, projectIds: [one.project.id] });
    expect((await list(one.principal)).map((connection) => connection.id)).toEqual([id]);
    expect((await list(one.principal, { scope: 'PROJECT' }))).toEqual([]);
    for (const { principal } of [two, stranger]) {
      expect(await codeOf(get(principal, id))).toBe('ENTITY_NOT_FOUND');
      expect(await list(principal)).toEqual([]);
      expect(await codeOf(remove(principal, id))).toBe('ENTITY_NOT_FOUND');
    }
    const attempts = [
      remove(projectAdmin, id), update(projectAdmin, id, { displayName: 'x' }), registry.call(connections.disable, { principal: projectAdmin, id }),
      registry.call(connections.rotate, { principal: projectAdmin, id, value: { type: 'NO_AUTH' }, allowOtherAccount: false }),
      registry.call(connections.disconnect, { principal: projectAdmin, connector: 'sandbox_graphql', connectionId: id }),
    ];
    for (const attempt of attempts) expect(await codeOf(attempt)).toBe('AUTHORIZATION');
    expect(await get(admin, id)).toMatchObject({ status: 'active' });
  });

  it('shows a project none of the others it is shared with', async () => {
    const { one, two, admin } = await world();
    const { id } = await connect(admin, { scope: 'PLATFORM', externalId: 'global', projectIds: [one.project.id, two.project.id] });
    expect((await get(one.principal, id)).projectIds).toEqual([one.project.id]);
    expect((await get(admin, id)).projectIds.sort()).toEqual([one.project.id, two.project.id].sort());
  });

  it('is shared with projects of its platform only', async () => {
    const { one, stranger, admin } = await world();
    for (const foreign of [stranger.project.id, 'proj_0']) {
      expect(await codeOf(connect(admin, { scope: 'PLATFORM', externalId: 'global', projectIds: [one.project.id, foreign] }))).toBe('ENTITY_NOT_FOUND');
    }
    expect(await list(admin)).toEqual([]);
    const { id } = await connect(admin, { scope: 'PLATFORM', externalId: 'global' });
    expect(await codeOf(update(admin, id, { projectIds: [stranger.project.id] }))).toBe('ENTITY_NOT_FOUND');
  });

  it('that is shared with others is known to the keeper when that is answered', async () => {
    const { one, two, admin } = await world();
    const { id } = await connect(admin, { scope: 'PLATFORM', externalId: 'global', projectIds: [one.project.id] });
    const shared = await update(admin, id, { projectIds: [two.project.id] });
    expect(shared.projectIds).toEqual([two.project.id]);
    expect(keeper.configured.at(-1)).toEqual({ connectionId: id, version: shared.version, enabled: true, projectIds: [two.project.id], ownerId: null });
    await waitFor(() => registry.told.of(connectionConfigured, id).some(({ projectIds }) => JSON.stringify(projectIds) === JSON.stringify([two.project.id])), { what: 'the event' });
    expect(await codeOf(get(one.principal, id))).toBe('ENTITY_NOT_FOUND');
    expect((await update(admin, id, { projectIds: [two.project.id] })).version).toBe(shared.version);
  });

  it('is upserted by its externalId, apart from those of projects', async () => {
    const { one, admin } = await world();
    const shared = await connect(admin, { scope: 'PLATFORM', externalId: 'main', projectIds: [one.project.id] });
    const own = await connect(one.principal, { externalId: 'main' });
    expect(own.id).not.toBe(shared.id);
    const made = await Promise.all(Array.from({ length: 20 }, () => connect(admin, { scope: 'PLATFORM', externalId: 'main' })));
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set([shared.id]));
    expect(made[0]!.projectIds).toEqual([one.project.id]);
  });

  it('is connected by OAuth too', async () => {
    const { one, admin } = await world();
    const { connectionId } = await authorize(admin, { scope: 'PLATFORM', externalId: 'crm', projectIds: [one.project.id] });
    expect(broker.starts.at(-1)).toMatchObject({ connectionId, projectId: null, projectIds: [one.project.id] });
  });

  it('that is unshared while a walk is under way stays unshared', async () => {
    const { one, two, admin } = await world();
    const { connectionId } = await authorize(admin, { scope: 'PLATFORM', externalId: 'crm', projectIds: [one.project.id, two.project.id] });
    await update(admin, connectionId, { projectIds: [two.project.id] });
    const { version } = await activate(connectionId, 1);
    const last = () => registry.told.of(connectionConfigured, connectionId).find((told) => told.version === version);
    expect(await waitFor(last, { what: 'the word after the credential' })).toMatchObject({ projectIds: [two.project.id], enabled: true });
  });

  it('of an admin that works in one project is found whether it is shared with that one or not', async () => {
    const { one, two, admin } = await world();
    const { id } = await connect(admin, { scope: 'PLATFORM', externalId: 'global', projectIds: [two.project.id] });
    const inOne = await registry.platformPrincipal(one.platform.id, ['admin'], one.project.id);
    expect(inOne).toMatchObject({ reach: 'platform', projectId: one.project.id });
    expect((await get(inOne, id)).projectIds).toEqual([two.project.id]);
    expect(await list(inOne)).toEqual([]);
    const theirs = await connect(two.principal, { externalId: 'own' });
    expect(await codeOf(get(inOne, theirs.id))).toBe('ENTITY_NOT_FOUND');
  });
});

describe('a new project', () => {
  it('may use what is meant for every new one, from the start', async () => {
    const { one, admin } = await world();
    const { id } = await connect(admin, { scope: 'PLATFORM', externalId: 'global', preSelectForNewProjects: true });
    await connect(admin, { scope: 'PLATFORM', externalId: 'other' });
    const make = (principal: Principal) => registry.call(projects.create, { principal, project: { platformId: one.platform.id, displayName: 'New', returnUrls: [] } });
    const made = (await Promise.all([make(registry.operator), make(admin), make(registry.operator), make(admin)])).map((project) => project.id).sort();
    const { projectIds, version } = await get(admin, id);
    expect(projectIds).toEqual(made);
    const last = () => registry.told.of(connectionConfigured, id).find((told) => told.version === version);
    expect(await waitFor(last, { what: 'the event' })).toMatchObject({ projectIds: made });
  });
});

describe('a key of the platform that names no project', () => {
  it('lists all of it, and makes nothing of scope PROJECT', async () => {
    const { one, two, stranger, admin } = await world();
    const ids = [await connect(one.principal), await connect(two.principal), await connect(admin, { scope: 'PLATFORM' })].map(({ id }) => id);
    await connect(stranger.principal);
    expect((await list(admin)).map(({ id }) => id)).toEqual(ids);
    expect((await list(admin, { scope: 'PLATFORM' })).map(({ id }) => id)).toEqual([ids[2]]);
    expect(await codeOf(connect(admin))).toBe('AUTHORIZATION');
    expect(await codeOf(list(registry.operator))).toBe('AUTHORIZATION');
  });
});

describe('behind the second wall', () => {
  /** What a query finds that names no tenant at all. */
  const seen = async (platformId: string, projectId: string, table: string): Promise<string[]> =>
    (await registry.asTenant(platformId, projectId, `SELECT * FROM registry.${table}`)).map((row) => String(row.id ?? row.connection_id));

  it('a query without a tenant finds nothing that is foreign', async () => {
    const { one, two, stranger, admin } = await world();
    const shared = await connect(admin, { scope: 'PLATFORM', externalId: 'global', projectIds: [one.project.id] });
    const own = await connect(one.principal);
    await connect(two.principal);
    await connect(stranger.principal);
    const { platform, project } = one;
    expect((await seen(platform.id, project.id, 'connection')).sort()).toEqual([shared.id, own.id].sort());
    expect(await seen(platform.id, project.id, 'connection_project')).toEqual([shared.id]);
    expect(await seen(platform.id, two.project.id, 'connection_project')).toEqual([]);
    expect(await seen('', '', 'connection')).toEqual([]);
    expect(await seen(platform.id, stranger.project.id, 'connection')).toEqual([]);
    expect(await registry.asTenant(platform.id, project.id, `DELETE FROM registry.connection WHERE scope = 'PLATFORM' RETURNING id`)).toEqual([]);
  });
});
