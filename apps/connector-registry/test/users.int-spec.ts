import { apiKeys, platforms, principals, projects, Secret, users, type Principal, type RequestOf } from '@trunkline/contracts';
import { codeOf, startRegistry, type Registry } from './harness.js';
import { password, peopleOf, sessionEnvironment } from './people.js';

let registry: Registry;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  registry = await startRegistry(sessionEnvironment);
  people = peopleOf(registry);
});
afterAll(() => registry.stop());

const update = (principal: Principal, id: string, change: RequestOf<typeof users.update>['change']) => registry.call(users.update, { principal, id, change });
const get = (principal: Principal, id: string) => registry.call(users.get, { principal, id });
const list = (principal: Principal, more: { platformId?: string; cursor?: string; limit?: number } = {}) => registry.call(users.list, { principal, limit: 10, ...more });
const actions = async (id: string) =>
  (await registry.database.query<{ action: string; details: { changed?: string[] } }>(`SELECT action, details FROM registry.audit_entry WHERE target_id = $1 ORDER BY place`, [id])).map(
    ({ action, details }) => [action, details.changed?.join() ?? ''].join(' ').trim(),
  );

describe('a platform', () => {
  it('is listed, read and changed by the operator and its admins, and by no one else', async () => {
    const platform = await people.platform();
    const other = await people.platform();
    const admin = await people.enter((await people.user(platform.id, { platformRole: 'ADMIN' })).email);
    const member = await people.enter((await people.user(platform.id)).email);
    expect((await registry.call(platforms.list, { principal: admin, limit: 10 })).data.map(({ id }) => id)).toEqual([platform.id]);
    const changed = await registry.call(platforms.update, { principal: admin, id: platform.id, change: { name: 'Acme 2', expiryEmails: true } });
    expect(changed).toMatchObject({ name: 'Acme 2', expiryEmails: true });
    expect(await registry.call(platforms.get, { principal: registry.operator, id: platform.id })).toEqual(changed);
    expect(await codeOf(registry.call(platforms.get, { principal: admin, id: other.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(registry.call(platforms.update, { principal: admin, id: other.id, change: { name: 'x' } }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(registry.call(platforms.get, { principal: member, id: platform.id }))).toBe('AUTHORIZATION');
    expect(await codeOf(registry.call(platforms.list, { principal: member, limit: 10 }))).toBe('AUTHORIZATION');
    await registry.call(platforms.update, { principal: admin, id: platform.id, change: { name: 'Acme 2' } });
    expect(await actions(platform.id)).toEqual(['platform.created', 'platform.updated name,expiryEmails']);
  });
});

describe('projects', () => {
  it('are shown to whom they reach, page by page', async () => {
    const platform = await people.platform();
    const made = [await people.project(platform.id), await people.project(platform.id), await people.project(platform.id)];
    await people.project((await people.platform()).id);
    const admin = await people.enter((await people.user(platform.id, { platformRole: 'ADMIN' })).email);
    const first = await registry.call(projects.list, { principal: admin, limit: 2 });
    const second = await registry.call(projects.list, { principal: admin, limit: 2, cursor: first.next! });
    expect([...first.data, ...second.data]).toEqual(made);
    expect(second.next).toBeNull();
    const ada = await people.user(platform.id);
    await people.join(made[2]!.id, ada.id, 'VIEWER');
    await people.join(made[0]!.id, ada.id, 'ADMIN');
    const member = await people.enter(ada.email);
    // The oldest membership, not the oldest project.
    expect(member).toMatchObject({ reach: 'project', projectId: made[2]!.id });
    expect((await registry.call(projects.list, { principal: member, limit: 10 })).data).toEqual([made[0], made[2]]);
    expect(await registry.call(projects.get, { principal: member, id: made[0]!.id })).toEqual(made[0]);
    expect(await codeOf(registry.call(projects.get, { principal: member, id: made[1]!.id }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(registry.call(projects.list, { principal: member, limit: 2, cursor: first.next! }))).toBe('VALIDATION');
  });

  it('are changed by their admins, and by those of the platform', async () => {
    const platform = await people.platform();
    const [home, away] = [await people.project(platform.id), await people.project(platform.id)];
    const change = { displayName: 'Renamed', returnUrls: ['https://app.example.com/x'] };
    for (const [role, expected] of [['ADMIN', 'no error'], ['EDITOR', 'AUTHORIZATION'], ['VIEWER', 'AUTHORIZATION']] as const) {
      const user = await people.user(platform.id);
      await people.join(home.id, user.id, role);
      const principal = await people.enter(user.email);
      expect(await codeOf(registry.call(projects.update, { principal, id: home.id, change }))).toBe(expected);
      if (role === 'ADMIN') expect(await codeOf(registry.call(projects.update, { principal, id: away.id, change }))).toBe('ENTITY_NOT_FOUND');
    }
    expect(await registry.call(projects.get, { principal: registry.operator, id: home.id })).toMatchObject(change);
    expect(await codeOf(registry.call(projects.update, { principal: registry.operator, id: home.id, change: { returnUrls: ['javascript:alert(1)'] } }))).toBe('VALIDATION');
    expect(await actions(home.id)).toEqual(['project.created', 'project.updated displayName,returnUrls']);
  });
});

describe('users', () => {
  it('are listed for an admin; anyone else sees himself', async () => {
    const platform = await people.platform();
    const admin = await people.user(platform.id, { platformRole: 'ADMIN' });
    const ada = await people.user(platform.id);
    const [asAdmin, asAda] = [await people.enter(admin.email), await people.enter(ada.email)];
    expect((await list(asAdmin)).data).toEqual([admin, ada]);
    expect((await list(asAda)).data).toEqual([ada]);
    expect((await list(registry.operator, { platformId: platform.id })).data).toEqual([admin, ada]);
    expect(await get(asAdmin, ada.id)).toEqual(ada);
    expect(await codeOf(get(asAda, admin.id))).toBe('ENTITY_NOT_FOUND');
    const foreign = await people.user((await people.platform()).id);
    expect(await codeOf(get(asAdmin, foreign.id))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(update(asAdmin, foreign.id, { firstName: 'x' }))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(list(asAda, { platformId: foreign.platformId }))).toBe('ENTITY_NOT_FOUND');
  });

  it('change their own names and password, and no more', async () => {
    const ada = await people.user((await people.platform()).id);
    const principal = await people.enter(ada.email);
    expect(await update(principal, ada.id, { firstName: 'Augusta' })).toMatchObject({ firstName: 'Augusta', lastName: 'L' });
    for (const change of [{ platformRole: 'ADMIN' }, { enabled: false }] as const) expect(await codeOf(update(principal, ada.id, change))).toBe('AUTHORIZATION');
    await update(principal, ada.id, { password: new Secret('another long password') });
    expect(await codeOf(people.login(ada.email))).toBe('AUTHENTICATION');
    expect(await codeOf(people.login(ada.email, { password: 'another long password' }))).toBe('no error');
    expect(await actions(ada.id)).toEqual(expect.arrayContaining(['user.created', 'user.updated firstName', 'user.updated password']));
    const [stored] = await registry.database.query<{ everything: string; hash: string }>('SELECT u::text AS everything, password_hash AS hash FROM registry.app_user u WHERE id = $1', [ada.id]);
    expect(stored!.everything).not.toContain('another long password');
    expect(stored!.hash).toMatch(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/);
  });

  it('are not who a key acts for: it cannot become the user it names', async () => {
    const platform = await people.platform();
    const project = await people.project(platform.id);
    const ada = await people.user(platform.id);
    const { key } = await registry.call(apiKeys.create, { principal: registry.operator, apiKey: { projectId: project.id, userId: ada.id, displayName: 'k', scopes: ['admin'] } });
    const principal = await registry.call(principals.authenticate, { key });
    expect(await codeOf(update(principal, ada.id, { password: new Secret('a password of my own') }))).toBe('AUTHORIZATION');
    expect(await codeOf(list(principal))).toBe('AUTHORIZATION');
  });

  it('lose all sessions with a new password, and when they are disabled', async () => {
    const platform = await people.platform();
    const admin = await people.enter((await people.user(platform.id, { platformRole: 'ADMIN' })).email);
    const ada = await people.user(platform.id);
    for (const change of [{ password: new Secret(password) }, { enabled: false }]) {
      const tokens = [await people.login(ada.email), await people.login(ada.email)];
      await update(admin, ada.id, change);
      for (const { token } of tokens) expect(await codeOf(registry.call(principals.authenticate, { key: token }))).toBe('AUTHENTICATION');
    }
    expect(await codeOf(people.login(ada.email))).toBe('AUTHENTICATION');
    await update(admin, ada.id, { enabled: true });
    expect(await codeOf(people.login(ada.email))).toBe('no error');
  });

  it('leave a platform with someone who can manage it, also when two go at once', async () => {
    const platform = await people.platform();
    const ids = await Promise.all([1, 2].map(() => people.user(platform.id, { platformRole: 'ADMIN' })));
    const [one, two] = await Promise.all(ids.map(({ email }) => people.enter(email)));
    const outcomes = await Promise.all([codeOf(update(one!, ids[0]!.id, { platformRole: 'MEMBER' })), codeOf(update(two!, ids[1]!.id, { enabled: false }))]);
    expect(outcomes.sort()).toEqual(['VALIDATION', 'no error']);
    // A key of the platform can manage it as well.
    const [left] = await registry.database.query<{ id: string; email: string }>(`SELECT id, email FROM registry.app_user WHERE platform_id = $1 AND platform_role = 'ADMIN' AND enabled`, [platform.id]);
    const last = await people.enter(left!.email);
    expect(await codeOf(update(last, left!.id, { platformRole: 'MEMBER' }))).toBe('VALIDATION');
    await registry.call(apiKeys.create, { principal: registry.operator, apiKey: { platformId: platform.id, displayName: 'admin', scopes: ['admin'] } });
    expect(await codeOf(update(last, left!.id, { platformRole: 'MEMBER' }))).toBe('no error');
  });

  it('two changes at once are both there afterwards', async () => {
    const platform = await people.platform();
    const ada = await people.user(platform.id);
    await Promise.all([update(registry.operator, ada.id, { firstName: 'First' }), update(registry.operator, ada.id, { lastName: 'Last' }), update(registry.operator, ada.id, { platformRole: 'ADMIN' })]);
    expect(await get(registry.operator, ada.id)).toMatchObject({ firstName: 'First', lastName: 'Last', platformRole: 'ADMIN' });
  });
});
