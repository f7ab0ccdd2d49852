import { members, principals, projects, type Principal, type ProjectRole } from '@trunkline/contracts';
import { codeOf, startRegistry, type Registry } from './harness.js';
import { peopleOf, sessionEnvironment } from './people.js';

let registry: Registry;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  registry = await startRegistry(sessionEnvironment);
  people = peopleOf(registry);
});
afterAll(() => registry.stop());

const put = (principal: Principal, userId: string, role: ProjectRole, projectId?: string) => registry.call(members.put, { principal, member: { projectId, userId, role } });
const list = (principal: Principal, projectId?: string) => registry.call(members.list, { principal, projectId, limit: 10 });
const remove = (principal: Principal, userId: string, projectId?: string) => registry.call(members.remove, { principal, userId, projectId });

async function shop() {
  const platform = await people.platform();
  const project = await people.project(platform.id);
  const admin = await people.user(platform.id);
  await people.join(project.id, admin.id, 'ADMIN');
  const editor = await people.user(platform.id);
  await people.join(project.id, editor.id, 'EDITOR');
  return { platform, project, admin, editor, asAdmin: await people.enter(admin.email), asEditor: await people.enter(editor.email), stranger: await people.user(platform.id) };
}

describe('members', () => {
  it('are managed by the admins of the project, in that project', async () => {
    const { platform, project, asAdmin, asEditor, editor, stranger } = await shop();
    const away = await people.project(platform.id);
    expect(await put(asAdmin, stranger.id, 'VIEWER')).toMatchObject({ projectId: project.id, userId: stranger.id, role: 'VIEWER', email: stranger.email });
    expect((await put(asAdmin, editor.id, 'VIEWER')).role).toBe('VIEWER');
    expect((await list(asEditor)).data.map(({ userId, role }) => [userId, role])).toEqual([[asAdmin.id, 'ADMIN'], [editor.id, 'VIEWER'], [stranger.id, 'VIEWER']]);
    expect(await codeOf(put(asEditor, stranger.id, 'ADMIN'))).toBe('AUTHORIZATION');
    expect(await codeOf(remove(asEditor, stranger.id))).toBe('AUTHORIZATION');
    expect(await codeOf(put(asAdmin, stranger.id, 'ADMIN', away.id))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(list(asAdmin, away.id))).toBe('ENTITY_NOT_FOUND');
    expect(await remove(asAdmin, stranger.id)).toEqual({ removed: true });
    expect(await remove(asAdmin, stranger.id)).toEqual({ removed: false });
  });

  it('are users of the same platform: a foreign one is as unknown as none', async () => {
    const { asAdmin } = await shop();
    const foreign = await people.user((await people.platform()).id);
    for (const userId of [foreign.id, 'user_0']) expect(await codeOf(put(asAdmin, userId, 'VIEWER'))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(put(registry.operator, foreign.id, 'VIEWER', asAdmin.projectId!))).toBe('ENTITY_NOT_FOUND');
  });

  it('are managed by a platform\'s admin in every project of it, and in no other', async () => {
    const { platform, project, stranger } = await shop();
    const boss = await people.enter((await people.user(platform.id, { platformRole: 'ADMIN' })).email);
    expect((await put(boss, stranger.id, 'EDITOR', project.id)).role).toBe('EDITOR');
    expect(await codeOf(put(boss, stranger.id, 'EDITOR'))).toBe('VALIDATION');
    const elsewhere = await shop();
    expect(await codeOf(list(boss, elsewhere.project.id))).toBe('ENTITY_NOT_FOUND');
    expect(await codeOf(put(boss, stranger.id, 'EDITOR', elsewhere.project.id))).toBe('ENTITY_NOT_FOUND');
  });

  it('of two roles given at once have one of them, each change is recorded, and the same again is none', async () => {
    const { project, stranger } = await shop();
    const roles = ['ADMIN', 'EDITOR', 'VIEWER', 'ADMIN', 'EDITOR', 'VIEWER'] as const;
    await Promise.all(roles.map((role) => put(registry.operator, stranger.id, role, project.id)));
    const { data } = await list(registry.operator, project.id);
    const now = data.find(({ userId }) => userId === stranger.id)!;
    const entries = () => registry.database.query<{ action: string }>(`SELECT action FROM registry.audit_entry WHERE target_id = $1 AND action LIKE 'member.%' ORDER BY place`, [stranger.id]);
    const recorded = (await entries()).map(({ action }) => action);
    expect(recorded.filter((action) => action === 'member.added')).toHaveLength(1);
    await put(registry.operator, stranger.id, now.role, project.id);
    expect(await entries()).toHaveLength(recorded.length);
  });

  it('come in with their role, and with nothing once removed', async () => {
    const { project, asAdmin, editor } = await shop();
    const { token } = await people.login(editor.email);
    const enter = (projectId?: string) => registry.call(principals.authenticate, { key: token, projectId });
    expect((await enter(project.id)).scopes).toContain('connections:write');
    await put(asAdmin, editor.id, 'VIEWER');
    expect((await enter()).scopes).toEqual(['connections:read', 'flows:read']);
    await remove(asAdmin, editor.id);
    expect(await enter()).toMatchObject({ reach: 'project', projectId: null, scopes: [] });
    expect(await codeOf(enter(project.id))).toBe('ENTITY_NOT_FOUND');
    const principal = await enter();
    expect((await registry.call(projects.list, { principal, limit: 10 })).data).toEqual([]);
    expect(await codeOf(list(principal))).toBe('VALIDATION');
  });
});
