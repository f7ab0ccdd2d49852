import type { Principal, Scope } from '@trunkline/contracts';
import { platformWithin, requireManager } from './require-manager.js';
import { requireProject } from './require-project.js';

const who = (over: Partial<Principal>): Principal => ({
  kind: 'api_key', id: 'key_1', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: [], ...over,
});
const operator = who({ kind: 'operator', platformId: null, projectId: null, scopes: ['admin'] });
const code = (work: () => unknown): string => {
  try {
    work();
    return 'nothing thrown';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the tenant of a request', () => {
  it('is the project of the principal', () => {
    expect(requireProject(who({ scopes: ['connections:read'] }), 'connections:read')).toMatchObject({ platformId: 'plat_1', projectId: 'proj_1' });
  });

  it.each<[string, Principal, Scope]>([
    ['the operator has no project', operator, 'connections:read'],
    ['a platform key has no project', who({ projectId: null, scopes: ['admin'] }), 'connections:read'],
    ['the scope is missing', who({ scopes: ['connections:read'] }), 'connections:write'],
  ])('is refused when %s', (_, principal, scope) => {
    expect(code(() => requireProject(principal, scope))).toBe('AUTHORIZATION');
  });
});

describe('managing platforms', () => {
  it('is for the operator everywhere and for a platform admin at home', () => {
    expect(requireManager(operator)).toEqual({ platformId: null });
    expect(requireManager(who({ projectId: null, scopes: ['admin'] }))).toEqual({ platformId: 'plat_1' });
  });

  it.each([
    ['a project-bound admin key', who({ scopes: ['admin'] })],
    ['a platform key without admin', who({ projectId: null, scopes: ['connections:write'] })],
  ])('is refused to %s', (_, principal) => {
    expect(code(() => requireManager(principal))).toBe('AUTHORIZATION');
  });

  it('finds no platform outside its reach, as if it did not exist', () => {
    expect(platformWithin({ platformId: null }, 'plat_9')).toBe('plat_9');
    expect(platformWithin({ platformId: 'plat_1' }, undefined)).toBe('plat_1');
    expect(code(() => platformWithin({ platformId: 'plat_1' }, 'plat_9'))).toBe('ENTITY_NOT_FOUND');
    expect(code(() => platformWithin({ platformId: null }, undefined))).toBe('VALIDATION');
  });
});
