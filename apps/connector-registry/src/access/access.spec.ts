import type { Principal, Scope } from '@trunkline/contracts';
import { projectWithin, reachOf, requireAdmin, requireAdminOrPerson, requireNoWiderScopes, rightsOverUser } from './reach.js';
import { platformWithin, requireManager } from './require-manager.js';
import { requireProject } from './require-project.js';

const who = (over: Partial<Principal>): Principal => ({
  kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: [], ...over,
});
const person = (over: Partial<Principal>) => who({ kind: 'user', id: 'user_1', userId: 'user_1', ...over });
const outcome = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const everyone = {
  operator: who({ kind: 'operator', reach: 'installation', platformId: null, projectId: null, scopes: ['admin'] }),
  'operator in a project': who({ kind: 'operator', reach: 'installation', scopes: ['admin'] }),
  'platform admin': person({ reach: 'platform', projectId: null, scopes: ['admin'] }),
  'platform admin in a project': person({ reach: 'platform', scopes: ['admin'] }),
  'platform admin key': who({ reach: 'platform', projectId: null, scopes: ['admin'] }),
  'platform key': who({ reach: 'platform', projectId: null, scopes: ['connections:read'] }),
  'project admin': person({ scopes: ['admin'] }),
  'project admin key': who({ scopes: ['admin'] }),
  'project admin key for a user': who({ scopes: ['admin'], userId: 'user_1' }),
  'project key': who({ scopes: ['connections:read', 'connections:write'] }),
  editor: person({ scopes: ['connections:read', 'connections:write'] }),
  'member without project': person({ projectId: null }),
} satisfies Record<string, Principal>;
type Name = keyof typeof everyone;

const all = { platformId: null, projectId: null };
const platform = { platformId: 'plat_1', projectId: null };
const project = { platformId: 'plat_1', projectId: 'proj_1' };
const nowhere = { platformId: 'plat_1', projectId: '-' };
const no = 'AUTHORIZATION';

describe('who reaches what', () => {
  //                                                    platforms, projects, users   members, keys     reading members   own account (user_1)
  it.each<[Name, unknown, unknown, unknown, unknown]>([
    ['operator', { platformId: null }, all, all, 'all'],
    ['operator in a project', { platformId: null }, all, all, 'all'],
    ['platform admin', { platformId: 'plat_1' }, platform, platform, 'all'],
    ['platform admin in a project', { platformId: 'plat_1' }, platform, platform, 'all'],
    ['platform admin key', { platformId: 'plat_1' }, platform, platform, 'all'],
    ['platform key', no, no, no, 'none'],
    ['project admin', no, project, project, 'own'],
    ['project admin key', no, project, project, 'none'],
    ['project admin key for a user', no, project, project, 'none'],
    ['project key', no, no, no, 'none'],
    ['editor', no, no, project, 'own'],
    ['member without project', no, no, nowhere, 'own'],
  ])('%s', (name, managing, administering, readingMembers, account) => {
    const principal = everyone[name];
    expect(outcome(() => requireManager(principal))).toEqual(managing);
    expect(outcome(() => requireAdmin(principal))).toEqual(administering);
    expect(outcome(() => requireAdminOrPerson(principal))).toEqual(readingMembers);
    expect(rightsOverUser(principal, 'user_1')).toBe(account);
    expect(rightsOverUser(principal, 'user_2')).toBe(account === 'own' ? 'none' : account);
  });

  it('is nothing for a principal that should have a platform and has none: without one there would be no wall', () => {
    expect(outcome(() => reachOf(who({ platformId: null })))).toBe(no);
    expect(outcome(() => reachOf(who({ reach: 'platform', platformId: null })))).toBe(no);
  });
});

describe('the project something is about', () => {
  it.each<[Name, string | undefined, string]>([
    ['operator', 'proj_9', 'proj_9'],
    ['operator', undefined, 'VALIDATION'],
    ['operator in a project', undefined, 'proj_1'],
    ['platform admin', 'proj_9', 'proj_9'],
    ['platform admin', undefined, 'VALIDATION'],
    ['platform admin in a project', 'proj_9', 'proj_9'],
    ['project admin', undefined, 'proj_1'],
    ['project admin', 'proj_1', 'proj_1'],
    ['project admin', 'proj_9', 'ENTITY_NOT_FOUND'],
    ['project admin key', 'proj_9', 'ENTITY_NOT_FOUND'],
    ['member without project', 'proj_1', 'ENTITY_NOT_FOUND'],
    ['member without project', undefined, 'VALIDATION'],
  ])('%s asks for %s: %s', (name, wanted, expected) => {
    expect(outcome(() => projectWithin(everyone[name], wanted))).toBe(expected);
  });
});

describe('giving rights', () => {
  it.each<[Scope[], Scope[], string | undefined]>([
    [['admin'], ['admin', 'tokens:resolve'], undefined],
    [['admin'], ['syncs:run'], undefined],
    [['connections:read'], ['connections:read'], undefined],
    [['connections:read'], ['connections:read', 'connections:write'], no],
    [['connections:read'], ['admin'], no],
    [[], ['connections:read'], no],
  ])('who has %j gives %j: %s', (own, given, expected) => {
    expect(outcome(() => requireNoWiderScopes(who({ scopes: own }), given))).toBe(expected);
  });
});

describe('the tenant of a request', () => {
  it('is the project of the principal', () => {
    expect(requireProject(who({ scopes: ['connections:read'] }), 'connections:read')).toMatchObject({ platformId: 'plat_1', projectId: 'proj_1' });
  });

  it.each<[string, Principal, Scope]>([
    ['the operator has no project', everyone.operator, 'connections:read'],
    ['a platform key has no project', everyone['platform admin key'], 'connections:read'],
    ['the scope is missing', who({ scopes: ['connections:read'] }), 'connections:write'],
  ])('is refused when %s', (_, principal, scope) => {
    expect(outcome(() => requireProject(principal, scope))).toBe(no);
  });
});

describe('the platform of a new thing', () => {
  it('is found only within reach, as if others did not exist', () => {
    expect(platformWithin({ platformId: null }, 'plat_9')).toBe('plat_9');
    expect(platformWithin({ platformId: 'plat_1' }, undefined)).toBe('plat_1');
    expect(outcome(() => platformWithin({ platformId: 'plat_1' }, 'plat_9'))).toBe('ENTITY_NOT_FOUND');
    expect(outcome(() => platformWithin({ platformId: null }, undefined))).toBe('VALIDATION');
  });
});
