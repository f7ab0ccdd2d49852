import { loadCatalog } from '@trunkline/catalog';
import type { TenantPrincipal } from '../../access/require-tenant.js';
import { placingOf } from './placing.js';

const catalog = loadCatalog({ settings: { sandbox_url: 'http://127.0.0.1:9' } });
const who = (over: Partial<TenantPrincipal> = {}): TenantPrincipal => ({
  kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: 'user_1', scopes: ['connections:write'], ...over,
});
const admin = who({ reach: 'platform', projectId: null, scopes: ['admin'], userId: null });
const request = { connector: 'sandbox_crm', inputs: {}, scope: 'PROJECT' } as const;
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('where a connection belongs', () => {
  it('is the project of the caller, under a name of its connector and owner unless another is given', () => {
    expect(placingOf(catalog, who(), request)).toMatchObject({ place: { platformId: 'plat_1', projectId: 'proj_1', scope: 'PROJECT', externalId: 'sandbox_crm:user_1' }, ownerId: 'user_1' });
    expect(placingOf(catalog, who({ userId: null }), request).place.externalId).toBe('sandbox_crm:project');
    expect(placingOf(catalog, who(), { ...request, externalId: 'main' }).place.externalId).toBe('main');
  });

  it('is the platform for its admins', () => {
    expect(placingOf(catalog, admin, { ...request, scope: 'PLATFORM', projectIds: ['proj_2'] })).toMatchObject({
      place: { projectId: null, scope: 'PLATFORM', externalId: 'sandbox_crm:platform' }, change: { projectIds: ['proj_2'] },
    });
  });

  it.each([
    ['scope PLATFORM by a project', who({ scopes: ['admin'] }), { scope: 'PLATFORM' }, 'AUTHORIZATION'],
    ['scope PLATFORM by a key of the platform that is no admin', who({ reach: 'platform' }), { scope: 'PLATFORM' }, 'AUTHORIZATION'],
    ['scope PROJECT without a project', admin, {}, 'AUTHORIZATION'],
    ['another project than its own', who(), { projectIds: ['proj_1', 'proj_2'] }, 'ENTITY_NOT_FOUND'],
    ["pre-selection of what is one project's", who(), { preSelectForNewProjects: true }, 'VALIDATION'],
    ["somebody else's", who(), { ownerId: 'user_2' }, 'AUTHORIZATION'],
    ['an unknown connector', who(), { connector: 'nothing' }, 'ENTITY_NOT_FOUND'],
  ] as const)('is not %s', (_, principal, over, code) => {
    expect(() => placingOf(catalog, principal, { ...request, ...over } as never)).toThrow(refusal(code));
  });
});
