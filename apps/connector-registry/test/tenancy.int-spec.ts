import { apiKeys, connectors, platforms, principals, projects, Secret, users, type Principal, type RequestOf } from '@trunkline/contracts';
import { adminKey, codeOf, returnUrl, startRegistry, type Registry } from './harness.js';

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const authenticate = (key: string) => registry.call(principals.authenticate, { key: new Secret(key) });
const makeKey = (apiKey: Omit<RequestOf<typeof apiKeys.create>['apiKey'], 'displayName'>, principal = registry.operator) =>
  registry.call(apiKeys.create, { principal, apiKey: { displayName: 'test', ...apiKey } });
const makeProject = (project: { platformId?: string; returnUrls?: string[] }, principal = registry.operator) =>
  registry.call(projects.create, { principal, project: { displayName: 'test', returnUrls: [], ...project } });
const makeUser = (user: { platformId?: string; email: string }, principal = registry.operator) =>
  registry.call(users.create, { principal, user: { firstName: 'E', lastName: 'F', platformRole: 'MEMBER', ...user } });

describe('the admin key', () => {
  it('makes the operator, who is bound to no platform', async () => {
    expect(await authenticate(adminKey)).toEqual({ kind: 'operator', id: 'operator', reach: 'installation', platformId: null, projectId: null, userId: null, scopes: ['admin'] });
  });

  it.each([`${adminKey}x`, adminKey.slice(0, -1), adminKey.toUpperCase()])('is nothing but itself: %s', async (key) => {
    expect(await codeOf(authenticate(key))).toBe('AUTHENTICATION');
  });
});

describe('an API key', () => {
  it('is shown once, kept as a digest, and stands for its project and user', async () => {
    const { project, platform, user } = await registry.tenant();
    const made = await makeKey({ projectId: project.id, userId: user.id, scopes: ['connections:read', 'connections:read'] });
    expect(made).toMatchObject({ platformId: platform.id, projectId: project.id, userId: user.id, scopes: ['connections:read'], revoked: null });
    expect(await authenticate(made.key.reveal())).toEqual({
      kind: 'api_key', id: made.id, reach: 'project', platformId: platform.id, projectId: project.id, userId: user.id, scopes: ['connections:read'],
    });
    const [row] = await registry.database.query<{ everything: string }>('SELECT k::text AS everything FROM registry.api_key k WHERE id = $1', [made.id]);
    expect(row!.everything).not.toContain(made.key.reveal().split('.')[1]);
  });

  it('is refused from the moment it is revoked; revoking again changes nothing', async () => {
    const { project } = await registry.tenant();
    const { id, key } = await makeKey({ projectId: project.id, scopes: ['connections:read'] });
    const first = await registry.call(apiKeys.revoke, { principal: registry.operator, id });
    expect(first.revoked).not.toBeNull();
    expect(await codeOf(authenticate(key.reveal()))).toBe('AUTHENTICATION');
    expect(await registry.call(apiKeys.revoke, { principal: registry.operator, id })).toEqual(first);
  });

  it('is refused alike when unknown, wrong or malformed', async () => {
    const { project } = await registry.tenant();
    const { key } = await makeKey({ projectId: project.id, scopes: ['connections:read'] });
    const [head, secretHalf] = key.reveal().split('.');
    const wrong = `${head}.${secretHalf!.startsWith('A') ? 'B' : 'A'}${secretHalf!.slice(1)}`;
    const unknown = `tlk_${'0'.repeat(32)}.${secretHalf}`;
    const refusals = await Promise.all([wrong, unknown, 'nonsense', head!].map((text) => authenticate(text).catch((error: unknown) => error)));
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'AUTHENTICATION', message: (refusals[0] as Error).message });
  });
});

describe('who may make what', () => {
  let platformAdmin: Principal;
  let home: Awaited<ReturnType<Registry['tenant']>>;
  let away: Awaited<ReturnType<Registry['tenant']>>;
  beforeAll(async () => {
    home = await registry.tenant();
    away = await registry.tenant();
    const { key } = await makeKey({ platformId: home.platform.id, scopes: ['admin'] });
    platformAdmin = await authenticate(key.reveal());
  });

  it('a platform admin key makes things at home without naming the platform', async () => {
    const project = await makeProject({}, platformAdmin);
    expect(project.platformId).toBe(home.platform.id);
    const user = await makeUser({ email: 'bob@example.com' }, platformAdmin);
    expect(user.platformId).toBe(home.platform.id);
    const key = await makeKey({ projectId: project.id, scopes: ['syncs:run'] }, platformAdmin);
    expect((await registry.call(apiKeys.revoke, { principal: platformAdmin, id: key.id })).revoked).not.toBeNull();
  });

  it('a foreign id and an unknown id answer alike', async () => {
    const outcomes = (foreign: string, unknown: string, make: (id: string) => Promise<unknown>) =>
      Promise.all([foreign, unknown].map((id) => make(id).catch((error: unknown) => error)));
    const foreignKey = await makeKey({ projectId: away.project.id, scopes: ['syncs:run'] });
    const pairs = [
      await outcomes(away.platform.id, 'plat_0', (platformId) => makeProject({ platformId }, platformAdmin)),
      await outcomes(away.platform.id, 'plat_0', (platformId) => makeUser({ platformId, email: 'x@example.com' }, platformAdmin)),
      await outcomes(away.platform.id, 'plat_0', (platformId) => makeKey({ platformId, scopes: ['admin'] }, platformAdmin)),
      await outcomes(away.project.id, 'proj_0', (projectId) => makeKey({ projectId, scopes: ['admin'] }, platformAdmin)),
      await outcomes(away.user.id, 'user_0', (userId) => makeKey({ userId, scopes: ['admin'] }, platformAdmin)),
      await outcomes(foreignKey.id, 'key_0', (id) => registry.call(apiKeys.revoke, { principal: platformAdmin, id })),
    ];
    for (const [foreign, unknown] of pairs) {
      expect(foreign).toMatchObject({ code: 'ENTITY_NOT_FOUND' });
      expect((foreign as Error).message).toBe((unknown as Error).message);
    }
    expect(await codeOf(authenticate(foreignKey.key.reveal()))).toBe('no error');
  });

  it('everybody else is refused, before anything is looked up', async () => {
    const projectAdmin = await home.principalWith(['admin']);
    for (const principal of [projectAdmin, home.principal]) {
      expect(await codeOf(registry.call(platforms.create, { principal, platform: { name: 'x', expiryEmails: false } }))).toBe('AUTHORIZATION');
      expect(await codeOf(makeProject({}, principal))).toBe('AUTHORIZATION');
      expect(await codeOf(makeUser({ email: 'y@example.com' }, principal))).toBe('AUTHORIZATION');
    }
    expect(await codeOf(makeKey({ scopes: ['connections:read'] }, home.principal))).toBe('AUTHORIZATION');
    expect(await codeOf(registry.call(apiKeys.revoke, { principal: home.principal, id: 'key_0' }))).toBe('AUTHORIZATION');
    expect(await codeOf(registry.call(platforms.create, { principal: platformAdmin, platform: { name: 'x', expiryEmails: false } }))).toBe('AUTHORIZATION');
  });

  it('a key cannot name a project of one platform and another platform', async () => {
    expect(await codeOf(makeKey({ projectId: home.project.id, platformId: away.platform.id, scopes: ['admin'] }))).toBe('ENTITY_NOT_FOUND');
  });
});

describe('users and projects', () => {
  it('an email is unique in its platform whatever its case, also for many at once', async () => {
    const { platform } = await registry.tenant();
    const make = (email: string, platformId = platform.id) => codeOf(makeUser({ platformId, email }));
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, index) => make(index % 2 === 0 ? 'eve@example.com' : 'Eve@Example.com')));
    expect(outcomes.filter((code) => code === 'no error')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'CONFLICT')).toHaveLength(9);
    expect(await make('eve@example.com', (await registry.tenant()).platform.id)).toBe('no error');
  });

  it('the operator must name the platform, and it must exist', async () => {
    expect(await codeOf(makeProject({}))).toBe('VALIDATION');
    expect(await codeOf(makeProject({ platformId: 'plat_0' }))).toBe('ENTITY_NOT_FOUND');
  });

  it('a return URL that a browser would run is refused', async () => {
    const { platform } = await registry.tenant();
    const make = (url: string) => codeOf(makeProject({ platformId: platform.id, returnUrls: [url] }));
    expect(await make('javascript:alert(1)')).toBe('VALIDATION');
    expect(await make(returnUrl)).toBe('no error');
  });
});

describe('the catalog', () => {
  it('lists connectors, by category', async () => {
    const { connectors: all } = await registry.call(connectors.list, {});
    expect(all.map(({ id }) => id)).toContain('sandbox_crm');
    const { category } = all[0]!;
    const { connectors: some } = await registry.call(connectors.list, { category });
    expect(some.length).toBeGreaterThan(0);
    expect(some.every((connector) => connector.category === category)).toBe(true);
    expect((await registry.call(connectors.list, { category: 'nothing' })).connectors).toEqual([]);
  });
});
