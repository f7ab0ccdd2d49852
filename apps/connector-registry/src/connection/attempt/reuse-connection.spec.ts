import type { Principal } from '@trunkline/contracts';
import { reuse } from './reuse-connection.js';

const who = (over: Partial<Principal> = {}): Principal => ({
  kind: 'api_key', id: 'key_1', reach: 'project', platformId: 'plat_1', projectId: 'proj_1', userId: 'user_1', scopes: ['connections:write'], ...over,
});
const existing = { connector: 'shopify', status: 'active', credentialVersion: 4, ownerId: 'user_1', scope: 'PROJECT' } as const;
const fresh = { ...existing, status: 'pending', credentialVersion: null } as const;
const wanted = { connector: 'shopify' };
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('connecting again under the same externalId', () => {
  it('keeps the row', () => {
    expect(reuse(existing, wanted, who())).toBe('keep');
    expect(reuse(fresh, wanted, who())).toBe('keep');
  });

  it('with another connector replaces a row without credential and is refused for one that has it, or is to have it', () => {
    expect(reuse(fresh, { connector: 'stripe' }, who())).toBe('replace');
    expect(() => reuse(existing, { connector: 'stripe' }, who())).toThrow(refusal('INVALID_APP_CONNECTION'));
    expect(() => reuse({ ...fresh, status: 'missing' }, { connector: 'stripe' }, who())).toThrow(refusal('INVALID_APP_CONNECTION'));
  });

  it('is for the owner or an admin', () => {
    expect(() => reuse(existing, wanted, who({ userId: 'user_2' }))).toThrow(refusal('AUTHORIZATION'));
    expect(() => reuse(existing, wanted, who({ userId: null }))).toThrow(refusal('AUTHORIZATION'));
    expect(reuse(existing, wanted, who({ userId: null, scopes: ['admin'] }))).toBe('keep');
    expect(reuse({ ...existing, ownerId: null }, wanted, who({ userId: null }))).toBe('keep');
  });

  it("is for the platform's admins where it is the platform's, whoever owns it", () => {
    const shared = { ...existing, scope: 'PLATFORM' } as const;
    expect(() => reuse(shared, wanted, who())).toThrow(refusal('AUTHORIZATION'));
    expect(() => reuse(shared, wanted, who({ scopes: ['admin'] }))).toThrow(refusal('AUTHORIZATION'));
    expect(() => reuse(shared, wanted, who({ reach: 'platform' }))).toThrow(refusal('AUTHORIZATION'));
    expect(reuse(shared, wanted, who({ reach: 'platform', scopes: ['admin'] }))).toBe('keep');
  });
});
