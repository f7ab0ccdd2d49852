import type { Principal } from '@trunkline/contracts';
import { ownerOfOauthApp, owns } from './owner-of-oauth-app.js';

const who = (over: Partial<Principal>): Principal => ({
  kind: 'api_key', id: 'key_1', reach: 'platform', platformId: 'plat_1', projectId: null, userId: null, scopes: ['admin'], ...over,
});
const operator = who({ kind: 'operator', reach: 'installation', platformId: null });
const ofProject = who({ reach: 'project', projectId: 'proj_1' });
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('whose OAuth app may be stored', () => {
  it('the operator names the platform, or stores for all of them', () => {
    expect(ownerOfOauthApp(operator, { platformId: 'plat_9', projectId: 'proj_9' })).toEqual({ platformId: 'plat_9', projectId: 'proj_9' });
    expect(ownerOfOauthApp(operator, { builtIn: true })).toEqual({ platformId: null, projectId: null });
    expect(() => ownerOfOauthApp(operator, {})).toThrow(refusal('VALIDATION'));
    expect(() => ownerOfOauthApp(operator, { builtIn: true, platformId: 'plat_9' })).toThrow(refusal('VALIDATION'));
  });

  it("a platform's admin stores for the platform or a project of it, also while naming a project", () => {
    expect(ownerOfOauthApp(who({}), {})).toEqual({ platformId: 'plat_1', projectId: null });
    expect(ownerOfOauthApp(who({}), { projectId: 'proj_1' })).toEqual({ platformId: 'plat_1', projectId: 'proj_1' });
    expect(ownerOfOauthApp(who({ projectId: 'proj_1' }), {})).toEqual({ platformId: 'plat_1', projectId: 'proj_1' });
    expect(() => ownerOfOauthApp(who({}), { platformId: 'plat_9' })).toThrow(refusal('ENTITY_NOT_FOUND'));
    expect(() => ownerOfOauthApp(who({}), { builtIn: true })).toThrow(refusal('AUTHORIZATION'));
  });

  it("a project's admin stores for that project and nothing wider", () => {
    expect(ownerOfOauthApp(ofProject, {})).toEqual({ platformId: 'plat_1', projectId: 'proj_1' });
    expect(() => ownerOfOauthApp(ofProject, { projectId: 'proj_9' })).toThrow(refusal('ENTITY_NOT_FOUND'));
    expect(() => ownerOfOauthApp(ofProject, { builtIn: true })).toThrow(refusal('AUTHORIZATION'));
  });

  it('nobody else does', () => {
    expect(() => ownerOfOauthApp(who({ scopes: ['connections:write'] }), {})).toThrow(refusal('AUTHORIZATION'));
  });
});

describe('whose OAuth app may be removed', () => {
  const [builtIn, platforms, projects] = [{ platformId: null, projectId: null }, { platformId: 'plat_1', projectId: null }, { platformId: 'plat_1', projectId: 'proj_1' }];
  it.each([
    ['the operator', operator, [true, true, true]],
    ["a platform's admin", who({}), [false, true, true]],
    ["a project's admin", ofProject, [false, false, true]],
    ["another platform's admin", who({ platformId: 'plat_2' }), [false, false, false]],
    ["another project's admin", who({ reach: 'project', projectId: 'proj_2' }), [false, false, false]],
  ] as const)('%s', (_, principal, expected) => expect([builtIn, platforms, projects].map((app) => owns(principal, app))).toEqual(expected));
});
