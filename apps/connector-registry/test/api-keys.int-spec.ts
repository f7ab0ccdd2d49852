import { apiKeys, newId, principals, Secret, users, type Principal, type RequestOf } from '@trunkline/contracts';
import { adminKey, codeOf, startRegistry, type Registry } from './harness.js';
import { peopleOf, sessionEnvironment } from './people.js';

let registry: Registry;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  registry = await startRegistry(sessionEnvironment);
  people = peopleOf(registry);
});
afterAll(() => registry.stop());

const make = (principal: Principal, apiKey: Partial<RequestOf<typeof apiKeys.create>['apiKey']> = {}) =>
  registry.call(apiKeys.create, { principal, apiKey: { displayName: 'test', scopes: ['connections:read'], ...apiKey } });
const authenticate = (key: Secret, projectId?: string) => registry.call(principals.authenticate, { key, projectId });
const list = (principal: Principal, projectId?: string) => registry.call(apiKeys.list, { principal, projectId, limit: 50 });

async function shop() {
  const platform = await people.platform();
  const [project, other] = [await people.project(platform.id), await people.project(platform.id)];
  const admin = await people.user(platform.id);
  await people.join(project.id, admin.id, 'ADMIN');
  return { platform, project, other, admin, asAdmin: await people.enter(admin.email) };
}

describe('the keys of a project', () => {
  it('are made, listed, read and revoked by its admins', async () => {
    const { project, other, asAdmin } = await shop();
    const { key: _, ...mine } = await make(asAdmin, { scopes: ['admin'] });
    expect(mine.projectId).toBe(project.id);
    const theirs = await make(registry.operator, { projectId: other.id });
    const ofPlatform = await make(registry.operator, { platformId: project.platformId });
    expect((await list(asAdmin)).data).toEqual([mine]);
    expect(await registry.call(apiKeys.get, { principal: asAdmin, id: mine.id })).toEqual(mine);
    for (const { id } of [theirs, ofPlatform, { id: 'key_0' }]) {
      expect(await codeOf(registry.call(apiKeys.get, { principal: asAdmin, id }))).toBe('ENTITY_NOT_FOUND');
      expect(await codeOf(registry.call(apiKeys.revoke, { principal: asAdmin, id }))).toBe('ENTITY_NOT_FOUND');
    }
    expect(await codeOf(make(asAdmin, { projectId: other.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(list(asAdmin, other.id))).toBe('ENTITY_NOT_FOUND');
    expect((await registry.call(apiKeys.revoke, { principal: asAdmin, id: mine.id })).revoked).not.toBeNull();
  });

  it('made by an admin of the project act for its members only; a manager may name any user of the platform', async () => {
    const { platform, project, admin, asAdmin } = await shop();
    const stranger = await people.user(platform.id);
    expect((await make(asAdmin, { userId: admin.id })).userId).toBe(admin.id);
    expect(await codeOf(make(asAdmin, { userId: stranger.id }))).toBe('ENTITY_NOT_FOUND');
    expect((await make(registry.operator, { projectId: project.id, userId: stranger.id })).userId).toBe(stranger.id);
  });

  it('come out for the project that the request names, not for the whole platform', async () => {
    const { platform, project } = await shop();
    const boss = await people.user(platform.id, { platformRole: 'ADMIN' });
    expect((await make(await people.enter(boss.email, project.id))).projectId).toBe(project.id);
    expect((await make(await people.enter(boss.email))).projectId).toBeNull();
    expect((await list(await people.enter(boss.email))).data).toHaveLength(2);
    expect((await list(await people.enter(boss.email, project.id))).data).toHaveLength(1);
  });
});

describe('a key', () => {
  it('expires by the database\'s clock, and is not made for the past', async () => {
    const { asAdmin } = await shop();
    expect(await codeOf(make(asAdmin, { expires: '2020-01-01T00:00:00Z' }))).toBe('VALIDATION');
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const made = await make(asAdmin, { expires });
    expect(made.expires).toBe(expires);
    expect(await codeOf(authenticate(made.key))).toBe('no error');
    await registry.database.query(`UPDATE registry.api_key SET expires_at = now() WHERE id = $1`, [made.id]);
    expect(await codeOf(authenticate(made.key))).toBe('AUTHENTICATION');
  });

  it('is refused while the user it acts for is disabled', async () => {
    const { admin, asAdmin } = await shop();
    const { key } = await make(asAdmin, { userId: admin.id });
    await registry.call(users.update, { principal: registry.operator, id: admin.id, change: { enabled: false } });
    expect(await codeOf(authenticate(key))).toBe('AUTHENTICATION');
    await registry.call(users.update, { principal: registry.operator, id: admin.id, change: { enabled: true } });
    expect(await codeOf(authenticate(key))).toBe('no error');
  });

  it('that is revoked while it is used is refused from the revocation on, on every replica', async () => {
    const second = await registry.startAnother();
    try {
      const { asAdmin } = await shop();
      const { id, key } = await make(asAdmin);
      let revoked = false;
      const wrong: string[] = [];
      const uses = Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 15; round += 1) {
          const afterwards = revoked;
          const code = await codeOf(authenticate(key));
          if (afterwards && code !== 'AUTHENTICATION') wrong.push(code);
        }
      });
      const revocations = await Promise.all([1, 2, 3].map(() => registry.call(apiKeys.revoke, { principal: asAdmin, id })));
      revoked = true;
      await Promise.all(uses);
      expect(wrong).toEqual([]);
      expect(await codeOf(authenticate(key))).toBe('AUTHENTICATION');
      expect(new Set(revocations.map(({ revoked: at }) => at)).size).toBe(1);
      const [row] = await registry.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM registry.audit_entry WHERE target_id = $1 AND action = 'api_key.revoked'`, [id]);
      expect(row!.n).toBe(1);
    } finally {
      await second.close();
    }
  });
});

describe('the project a request names', () => {
  it('must be the one a key of a project is bound to', async () => {
    const { project, other, asAdmin } = await shop();
    const { key } = await make(asAdmin);
    expect(await authenticate(key, project.id)).toMatchObject({ reach: 'project', projectId: project.id });
    for (const named of [other.id, 'proj_0']) expect(await codeOf(authenticate(key, named))).toBe('ENTITY_NOT_FOUND');
  });

  it('is any of its platform for a key of the platform, and for its admin', async () => {
    const { platform, project } = await shop();
    const foreign = await people.project((await people.platform()).id);
    const { key } = await make(registry.operator, { platformId: platform.id });
    const boss = (await people.login((await people.user(platform.id, { platformRole: 'ADMIN' })).email)).token;
    for (const presented of [key, boss]) {
      expect(await authenticate(presented)).toMatchObject({ reach: 'platform', projectId: null });
      expect(await authenticate(presented, project.id)).toMatchObject({ reach: 'platform', platformId: platform.id, projectId: project.id });
      for (const named of [foreign.id, 'proj_0']) expect(await codeOf(authenticate(presented, named))).toBe('ENTITY_NOT_FOUND');
    }
  });

  it('gives the operator its platform too', async () => {
    const { platform, project } = await shop();
    expect(await authenticate(new Secret(adminKey), project.id)).toMatchObject({ kind: 'operator', reach: 'installation', platformId: platform.id, projectId: project.id });
    expect(await codeOf(authenticate(new Secret(adminKey), newId('project')))).toBe('ENTITY_NOT_FOUND');
  });

  it('is not looked up for a key that is not valid', async () => {
    const { project } = await shop();
    expect(await codeOf(authenticate(new Secret(`tlk_${'0'.repeat(32)}.${'a'.repeat(43)}`), project.id))).toBe('AUTHENTICATION');
  });
});
