import type { Principal } from '@trunkline/contracts';
import { requireTenant } from './require-tenant.js';

const who = (over: Partial<Principal> = {}): Principal => ({
  kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: null, scopes: ['connections:read'], ...over,
});
const refusal = expect.objectContaining({ code: 'AUTHORIZATION' }) as Error;

describe('the tenant of a request', () => {
  it('is the project of the principal, or the platform of one that reaches it and names no project', () => {
    expect(requireTenant(who(), 'connections:read')).toMatchObject({ platformId: 'plat_1', projectId: 'proj_1' });
    expect(requireTenant(who({ reach: 'platform', projectId: null }), 'connections:read')).toMatchObject({ platformId: 'plat_1', projectId: null });
    expect(requireTenant(who({ reach: 'installation', scopes: ['admin'] }), 'connections:write')).toMatchObject({ platformId: 'plat_1', projectId: 'proj_1' });
  });

  it.each<[string, Partial<Principal>]>([
    ['a person of projects names none', { projectId: null }],
    ['the operator names no project', { reach: 'installation', platformId: null, projectId: null, scopes: ['admin'] }],
    ['the scope is missing', { scopes: ['flows:read'] }],
  ])('is none when %s', (_, over) => {
    expect(() => requireTenant(who(over), 'connections:read')).toThrow(refusal);
  });
});
