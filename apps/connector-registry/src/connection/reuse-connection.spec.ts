import type { Principal } from '@trunkline/contracts';
import { reuse } from './reuse-connection.js';

const who = (over: Partial<Principal> = {}): Principal => ({
  kind: 'api_key', id: 'key_1', platformId: 'plat_1', projectId: 'proj_1', userId: 'user_1', scopes: ['connections:write'], ...over,
});
const existing = { connector: 'shopify', authMethod: 'OAUTH2', inputs: { shop: 'a' }, status: 'active', credentialVersion: 4, ownerId: 'user_1' } as const;
const fresh = { ...existing, status: 'pending', credentialVersion: null } as const;
const wanted = { connector: 'shopify', authMethod: 'OAUTH2', inputs: { shop: 'a' } } as const;
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('connecting again under the same externalId', () => {
  it('keeps the row', () => {
    expect(reuse(existing, wanted, who())).toBe('keep');
    expect(reuse(fresh, wanted, who())).toBe('keep');
  });

  it.each([
    ['connector', { ...wanted, connector: 'stripe' }],
    ['kind of credential', { ...wanted, authMethod: 'SECRET_TEXT' as const }],
    ['input', { ...wanted, inputs: { shop: 'b' } }],
    ['input left out', { ...wanted, inputs: {} }],
  ])('with another %s replaces a row without credential and is refused for one that has it', (_, other) => {
    expect(reuse(fresh, other, who())).toBe('replace');
    expect(() => reuse(existing, other, who())).toThrow(refusal('INVALID_APP_CONNECTION'));
  });

  it('is for the owner or an admin', () => {
    expect(() => reuse(existing, wanted, who({ userId: 'user_2' }))).toThrow(refusal('AUTHORIZATION'));
    expect(() => reuse(existing, wanted, who({ userId: null }))).toThrow(refusal('AUTHORIZATION'));
    expect(reuse(existing, wanted, who({ userId: null, scopes: ['admin'] }))).toBe('keep');
    expect(reuse({ ...existing, ownerId: null }, wanted, who({ userId: null }))).toBe('keep');
  });
});
