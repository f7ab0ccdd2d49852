import { members, newId, platforms, principals, projects, Secret, sessions, users, type PlatformRole, type Principal, type ProjectRole } from '@trunkline/contracts';
import type { Registry } from './harness.js';

export const sessionEnvironment = { TRUNKLINE_SESSION_SECRET: 'a-session-secret-for-tests-that-is-long-enough' };
export const password = 'correct horse battery staple';

/** Platforms with people in them, who log in as people do. */
export function peopleOf(registry: Registry) {
  const { call, operator } = registry;
  const platform = () => call(platforms.create, { principal: operator, platform: { name: 'Acme', expiryEmails: false } });
  const project = (platformId: string) => call(projects.create, { principal: operator, project: { platformId, displayName: 'Shop', returnUrls: [] } });
  const user = (platformId: string, over: { email?: string; platformRole?: PlatformRole; password?: Secret } = {}) =>
    call(users.create, {
      principal: operator,
      user: { platformId, email: `${newId('user')}@example.com`, firstName: 'Ada', lastName: 'L', platformRole: 'MEMBER', password: new Secret(password), ...over },
    });
  const join = (projectId: string, userId: string, role: ProjectRole) => call(members.put, { principal: operator, member: { projectId, userId, role } });
  const login = (email: string, more: { password?: string; platformId?: string; clientAddress?: string } = {}) =>
    call(sessions.create, {
      session: { email, password: new Secret(more.password ?? password), ...(more.platformId === undefined ? {} : { platformId: more.platformId }) },
      clientAddress: more.clientAddress ?? `test-${newId('session')}`,
    });
  const enter = async (email: string, projectId?: string): Promise<Principal> => call(principals.authenticate, { key: (await login(email)).token, projectId });
  return { platform, project, user, join, login, enter };
}
