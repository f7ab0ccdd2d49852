import { loadCatalog } from '@trunkline/catalog';
import { Secret } from '@trunkline/contracts';
import { isBoundTo, originsFor } from './allowed-origins.js';
import { Connectors } from './connectors.js';
import { extentOfLate } from '../revocation/late-token.js';
import { grantDigest, renewalGrant } from './renewal-grant.js';

const settings = { sandbox_url: 'http://127.0.0.1:4400' };
const connectors = new Connectors(loadCatalog({ settings }), settings);
const target = connectors.target('sandbox_crm', {})!;

it('binds a secret to the places its connector names, and to no other', () => {
  const origins = originsFor(target);
  expect(origins).toEqual(['http://127.0.0.1:4400']);
  expect(isBoundTo(origins, 'http://127.0.0.1:4400/oauth/token')).toBe(true);
  for (const url of ['https://127.0.0.1:4400/', 'http://127.0.0.1:4401/', 'http://127.0.0.1.evil.test:4400/', 'no url', 'http://user@evil.test/http://127.0.0.1:4400']) {
    expect(isBoundTo(origins, url)).toBe(false);
  }
});

it('finds connectors by id only where a stored credential names one', () => {
  expect(connectors.target('no_such', {})).toBeUndefined();
  expect(connectors.find('@activepieces/piece-sandbox-crm')?.id).toBe('sandbox_crm');
  expect(connectors.target('@activepieces/piece-sandbox-crm', {})).toBeUndefined();
});

describe('how a token is renewed', () => {
  const refreshToken = new Secret('rt');
  const withOauth = (over: object) => ({ ...target.connector, auth: { ...target.connector.auth, OAUTH2: { ...target.connector.auth.OAUTH2!, ...over } } });

  it('by its refresh token', () => expect(renewalGrant(target.connector, refreshToken)).toEqual({ grantType: 'refresh_token', refreshToken }));
  it('not at all without one', () => expect(renewalGrant(target.connector, null)).toBeNull());
  it('not at all where the connector does not renew', () => expect(renewalGrant(withOauth({ refresh: { supported: false, rotates: false } }), refreshToken)).toBeNull());
  it('by asking again where only the client is known', () =>
    expect(renewalGrant(withOauth({ grantTypes: ['client_credentials'] }), null)).toEqual({ grantType: 'client_credentials' }));
  it('not when the connector is gone', () => expect(renewalGrant(undefined, refreshToken)).toBeNull());
  it('is named by what it uses up', () => {
    expect(grantDigest({ grantType: 'refresh_token', refreshToken })).not.toBe(grantDigest({ grantType: 'refresh_token', refreshToken: new Secret('other') }));
    expect(grantDigest({ grantType: 'client_credentials' })).toHaveLength(64);
  });
});

describe('what is ended of a token that came too late', () => {
  const rotating = (rotates: boolean) => ({ ...target.connector, auth: { OAUTH2: { ...target.connector.auth.OAUTH2!, refresh: { supported: true, rotates } } } });

  it('everything when the connection is gone', () => expect([true, false].map((rotates) => extentOfLate('deleted', rotating(rotates)))).toEqual(['grant', 'grant']));
  it('the access token alone when the connection lives on', () => expect(extentOfLate('overtaken', rotating(true))).toBe('access'));
  it('nothing where it would end the refresh token in use', () => expect(extentOfLate('overtaken', rotating(false))).toBeNull());
});
