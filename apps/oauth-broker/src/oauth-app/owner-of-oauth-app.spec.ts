import type { Principal } from '@trunkline/contracts';
import { ownerOfOauthApp } from './owner-of-oauth-app.js';

const who = (over: Partial<Principal>): Principal => ({
  kind: 'api_key', id: 'key_1', platformId: 'plat_1', projectId: null, userId: null, scopes: ['admin'], ...over,
});
const operator = who({ kind: 'operator', platformId: null });
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('whose OAuth app may be stored', () => {
  it('the operator names the platform', () => {
    expect(ownerOfOauthApp(operator, { platformId: 'plat_9', projectId: 'proj_9' })).toEqual({ platformId: 'plat_9', projectId: 'proj_9' });
    expect(() => ownerOfOauthApp(operator, {})).toThrow(refusal('VALIDATION'));
  });

  it("a platform's admin stores for the platform or a project of it", () => {
    expect(ownerOfOauthApp(who({}), {})).toEqual({ platformId: 'plat_1', projectId: null });
    expect(ownerOfOauthApp(who({}), { projectId: 'proj_1' })).toEqual({ platformId: 'plat_1', projectId: 'proj_1' });
    expect(() => ownerOfOauthApp(who({}), { platformId: 'plat_9' })).toThrow(refusal('ENTITY_NOT_FOUND'));
  });

  it("a project's admin stores for that project and nothing wider", () => {
    const admin = who({ projectId: 'proj_1' });
    expect(ownerOfOauthApp(admin, {})).toEqual({ platformId: 'plat_1', projectId: 'proj_1' });
    expect(() => ownerOfOauthApp(admin, { projectId: 'proj_9' })).toThrow(refusal('ENTITY_NOT_FOUND'));
  });

  it('nobody else does', () => {
    expect(() => ownerOfOauthApp(who({ scopes: ['connections:write'] }), {})).toThrow(refusal('AUTHORIZATION'));
  });
});
