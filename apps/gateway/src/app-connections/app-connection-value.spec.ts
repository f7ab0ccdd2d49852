import { connectionValue } from '@trunkline/contracts';
import { appConnectionValue, inputsOf, toConnectionValue } from './app-connection-value.js';

/** What the contracts are given, as it crosses the wire. */
const sent = (value: unknown) => connectionValue.encode(toConnectionValue(appConnectionValue.decode(value as never)));

describe('a value in the reference\'s words', () => {
  it.each([
    [{ type: 'SECRET_TEXT', secret_text: 's' }, { type: 'SECRET_TEXT', secretText: 's' }],
    [{ type: 'BASIC_AUTH', username: 'u', password: 'p' }, { type: 'BASIC_AUTH', username: 'u', password: 'p' }],
    [{ type: 'CUSTOM_AUTH', props: { a: 'x', port: 22, tls: true } }, { type: 'CUSTOM_AUTH', props: { a: 'x', port: '22', tls: 'true' } }],
    [{ type: 'JWT_BEARER', props: { iss: 'me' }, private_key: 'k' }, { type: 'JWT_BEARER', props: { iss: 'me' }, privateKey: 'k' }],
    [{ type: 'KEY_PAIR', username: 'u', signing_key_id: 'skey_1' }, { type: 'KEY_PAIR', username: 'u', signingKeyId: 'skey_1' }],
    [{ type: 'NO_AUTH' }, { type: 'NO_AUTH' }],
    [{ type: 'PLACEHOLDER' }, { type: 'PLACEHOLDER' }],
    [
      { type: 'OAUTH2', client_id: 'i', client_secret: 's', code: 'c', code_challenge: 'v', redirect_url: 'https://a.example/cb', scope: 'read,write  admin', grant_type: 'authorization_code', authorization_method: 'BODY' },
      { type: 'OAUTH2', grantType: 'authorization_code', clientId: 'i', clientSecret: 's', code: 'c', codeVerifier: 'v', redirectUrl: 'https://a.example/cb', scopes: ['read', 'write', 'admin'] },
    ],
    [{ type: 'PLATFORM_OAUTH2', client_id: 'ignored', code: 'c', code_verifier: 'v', code_challenge: 'other' }, { type: 'PLATFORM_OAUTH2', code: 'c', codeVerifier: 'v' }],
  ])('%j is %j to the contracts', (value, expected) => {
    expect(JSON.parse(JSON.stringify(sent(value)))).toEqual(expected);
  });

  it('of the reference\'s example is taken whole', () => {
    const example = {
      type: 'OAUTH2', client_id: 'id', client_secret: 'secret', access_token: 'at', refresh_token: 'rt', token_type: 'Bearer', expires_in: 3600, claimed_at: 1_760_000_000_000,
      scope: 'a b', token_url: 'https://oauth.provider.com/token', redirect_url: 'https://app.example/callback', grant_type: 'AUTHORIZATION_CODE', data: {},
    };
    expect(sent(example)).toMatchObject({ accessToken: 'at', refreshToken: 'rt', expiresIn: 3600, claimedAt: 1_760_000_000_000, tokenUrl: 'https://oauth.provider.com/token' });
  });

  it('has its time in seconds or milliseconds', () => {
    const claimedAt = (claimed: number) => sent({ type: 'OAUTH2', client_id: 'i', access_token: 'a', claimed_at: claimed });
    expect([claimedAt(1_760_000_000), claimedAt(1_760_000_000_000)]).toMatchObject([{ claimedAt: 1_760_000_000_000 }, { claimedAt: 1_760_000_000_000 }]);
  });

  it('carries the connector\'s inputs for OAuth only', () => {
    expect(inputsOf(appConnectionValue.decode({ type: 'CLOUD_OAUTH2', code: 'c', props: { shop: 'acme', sandbox: true } }))).toEqual({ shop: 'acme', sandbox: 'true' });
    expect(inputsOf(appConnectionValue.decode({ type: 'CUSTOM_AUTH', props: { shop: 'acme' } }))).toEqual({});
  });

  it.each([
    [{ type: 'SECRET_TEXT', secret_text: 's', extra: 1 }],
    [{ type: 'SECRET_TEXT', secretText: 's' }],
    [{ type: 'BASIC_AUTH', username: 'u' }],
    [{ type: 'OAUTH2', code: 'c' }],
    [{ type: 'OAUTH2', client_id: 'i', grant_type: 'password' }],
    [{ type: 'PLATFORM_OAUTH2', client_secret: 's' }],
    [{ type: 'CUSTOM_AUTH', props: { nested: { a: 1 } } }],
    [{ type: 'SOMETHING' }],
  ])('is refused: %j', (value) => {
    expect(appConnectionValue.safeDecode(value as never).success).toBe(false);
  });
});
