import { loadCatalog } from '@trunkline/catalog';
import { Secret } from '@trunkline/contracts';
import { isBoundTo, originsFor } from './allowed-origins.js';
import { Connectors } from './connectors.js';
import { extentOfLate } from '../revocation/late-token.js';
import { grantDigest, isUsedUp, renewalGrant } from './renewal-grant.js';

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

it('binds a key to its SSH server, and an assertion to its token endpoint', () => {
  const ssh = connectors.target('sftp', { host: 'Files.Example.com' })!;
  expect(originsFor(ssh)).toEqual(['sftp://files.example.com:22']);
  expect(isBoundTo(originsFor(ssh), 'sftp://files.example.com:22/x')).toBe(true);
  for (const url of ['sftp://files.example.com:2222', 'sftp://evil.test', 'https://files.example.com:22']) expect(isBoundTo(originsFor(ssh), url)).toBe(false);
  const jwt = connectors.target('custom_oidc_jwt', { token_url: 'https://id.example.com/oauth/token', verification_url: 'https://api.example.com/me' })!;
  expect(originsFor(jwt)).toEqual(['https://api.example.com', 'https://id.example.com']);
});

it('finds connectors by id only where a stored credential names one', () => {
  expect(connectors.target('no_such', {})).toBeUndefined();
  expect(connectors.find('@activepieces/piece-sandbox-crm')?.id).toBe('sandbox_crm');
  expect(connectors.target('@activepieces/piece-sandbox-crm', {})).toBeUndefined();
});

describe('how a token is renewed', () => {
  const refreshToken = new Secret('rt');
  const withOauth = (over: object) => ({ ...target.connector, auth: { ...target.connector.auth, OAUTH2: { ...target.connector.auth.OAUTH2!, ...over } } });

  it('by its refresh token', () => expect(renewalGrant(target.connector, { refreshToken })).toEqual({ grantType: 'refresh_token', refreshToken }));
  it('not at all without one', () => expect(renewalGrant(target.connector, { refreshToken: null })).toBeNull());
  it('not at all where the connector does not renew', () => expect(renewalGrant(withOauth({ refresh: { supported: false, rotates: false, grantType: 'refresh_token' } }), { refreshToken })).toBeNull());
  it('by asking again where only the client is known', () =>
    expect(renewalGrant(withOauth({ grantTypes: ['client_credentials'] }), { refreshToken: null })).toEqual({ grantType: 'client_credentials' }));
  it('by asking again where it was had that way, though a consent page is offered too', () => {
    const both = withOauth({ grantTypes: ['authorization_code', 'client_credentials'] });
    expect(renewalGrant(both, { refreshToken: null, grantType: 'client_credentials' })).toEqual({ grantType: 'client_credentials' });
    expect(renewalGrant(both, { refreshToken: null, grantType: 'authorization_code' })).toBeNull();
    expect(renewalGrant(both, { refreshToken: null })).toBeNull();
  });
  it('not when the connector is gone', () => expect(renewalGrant(undefined, { refreshToken })).toBeNull());
  it('is named by what it uses up', () => {
    expect(grantDigest({ grantType: 'refresh_token', refreshToken })).not.toBe(grantDigest({ grantType: 'refresh_token', refreshToken: new Secret('other') }));
    expect(grantDigest({ grantType: 'client_credentials' })).toHaveLength(64);
    const assertion = (text: string) => ({ grantType: 'assertion', assertion: new Secret(text), props: {} }) as const;
    expect(grantDigest(assertion('a'))).toBe(grantDigest(assertion('b')));
    expect([isUsedUp(assertion('a')), isUsedUp({ grantType: 'refresh_token', refreshToken })]).toEqual([false, true]);
  });
});

describe('what is ended of a token that came too late', () => {
  const rotating = (rotates: boolean) => ({ ...target.connector, auth: { OAUTH2: { ...target.connector.auth.OAUTH2!, refresh: { supported: true, rotates, grantType: 'refresh_token' } } } });

  it('everything when the connection is gone', () => expect([true, false].map((rotates) => extentOfLate('deleted', rotating(rotates)))).toEqual(['grant', 'grant']));
  it('the access token alone when the connection lives on', () => expect(extentOfLate('overtaken', rotating(true))).toBe('access'));
  it('the access token alone of one that came for an assertion', () => expect(extentOfLate('overtaken', rotating(false), 'JWT_BEARER')).toBe('access'));
  it('nothing where the call ends the whole grant', () => expect(extentOfLate('overtaken', connectors.find('shopify')!)).toBeNull());
  it('nothing of a further token that was dropped, where the call ends the first with it', () =>
    expect([connectors.find('shopify')!, rotating(true)].map((connector) => extentOfLate('deleted', connector, 'OAUTH2', 'conn_1.user'))).toEqual([null, 'grant']));
  it('nothing where it would end the refresh token in use', () => expect(extentOfLate('overtaken', rotating(false))).toBeNull());
});
