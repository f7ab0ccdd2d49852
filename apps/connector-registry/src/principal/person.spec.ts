import { principalOf, type Person } from './person.js';

const person = (over: Partial<Person>): Person => ({
  id: 'user_1', platform_id: 'plat_1', platform_role: 'MEMBER', named_project: null, member_project: null, member_role: null, ...over,
});
const base = { kind: 'user', id: 'user_1', userId: 'user_1', platformId: 'plat_1' };

describe('what a person may do', () => {
  it.each<[string, Partial<Person>, string | undefined, object]>([
    ['an admin, anywhere', { platform_role: 'ADMIN' }, undefined, { reach: 'platform', projectId: null, scopes: ['admin'] }],
    ['an admin, in a project', { platform_role: 'ADMIN', named_project: 'proj_1' }, 'proj_1', { reach: 'platform', projectId: 'proj_1', scopes: ['admin'] }],
    ['an admin who is a member elsewhere', { platform_role: 'ADMIN', member_project: 'proj_2', member_role: 'VIEWER' }, undefined, { reach: 'platform', projectId: null, scopes: ['admin'] }],
    ['an admin of a project', { named_project: 'proj_1', member_project: 'proj_1', member_role: 'ADMIN' }, 'proj_1', { reach: 'project', projectId: 'proj_1', scopes: ['admin'] }],
    ['an editor', { member_project: 'proj_2', member_role: 'EDITOR' }, undefined, { reach: 'project', projectId: 'proj_2', scopes: ['connections:read', 'connections:write', 'syncs:run', 'flows:read', 'flows:write'] }],
    ['a viewer', { member_project: 'proj_2', member_role: 'VIEWER' }, undefined, { reach: 'project', projectId: 'proj_2', scopes: ['connections:read', 'flows:read'] }],
    ['who is in no project', {}, undefined, { reach: 'project', projectId: null, scopes: [] }],
  ])('%s', (_, over, named, expected) => {
    expect(principalOf(person(over), named)).toEqual({ ...base, ...expected });
  });

  it.each<[string, Partial<Person>]>([
    ['of another platform, even to an admin', { platform_role: 'ADMIN' }],
    ['it is no member of', { named_project: 'proj_1' }],
  ])('a project %s is not found', (_, over) => {
    expect(() => principalOf(person(over), 'proj_1')).toThrow(expect.objectContaining({ code: 'ENTITY_NOT_FOUND' }) as Error);
  });
});
