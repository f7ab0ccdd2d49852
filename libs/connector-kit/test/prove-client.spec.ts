import { generateKeyPairSync } from 'node:crypto';
import { Secret } from '@trunkline/contracts';
import { jwtVerify } from 'jose';
import { requestToken, revokeToken } from '../src/index.js';
import type { OauthApp } from '../src/index.js';
import { acmeOauth } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
const pem = (name: keyof typeof pairs) => new Secret(pairs[name].privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
const withKey = (name: keyof typeof pairs): OauthApp => ({ clientId: 'client-1', clientSecret: null, privateKey: pem(name), keyId: 'key-7' });

let server: LocalServer;
let reply: Reply = {};
beforeAll(async () => {
  server = await startServer(() => reply);
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.length = 0;
  reply = { body: { access_token: 'a', token_type: 'Bearer' } };
});

const target = (fields: Record<string, unknown> = {}) => ({
  egress: server.egress, inputs: {}, settings: { acme_url: server.origin },
  connector: acmeOauth({ client_authentication: 'private_key_jwt', issuer: '{{settings.acme_url}}/issuer', revocation: { url: '{{settings.acme_url}}/revoke' }, ...fields }),
});
const lastForm = () => new URLSearchParams(server.received.at(-1)!.body);

describe('private_key_jwt', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('signs an assertion for each request, with %s by the key', async (algorithm) => {
    const grants = [
      { grantType: 'authorization_code', code: 'c', redirectUri: 'https://x.example/cb' },
      { grantType: 'refresh_token', refreshToken: new Secret('r') },
      { grantType: 'client_credentials' },
    ] as const;
    const ids = new Set<string>();
    const check = async () => {
      const form = lastForm();
      expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      expect(form.has('client_secret')).toBe(false);
      expect(server.received.at(-1)!.headers.authorization).toBeUndefined();
      const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion')!, pairs[algorithm].publicKey, { issuer: 'client-1', subject: 'client-1', audience: `${server.origin}/token` });
      expect(protectedHeader).toMatchObject({ alg: algorithm, kid: 'key-7' });
      expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(305);
      ids.add(payload.jti!);
    };
    for (const grant of grants) {
      expect(await requestToken({ ...target(), app: withKey(algorithm), grant })).toMatchObject({ kind: 'granted' });
      await check();
    }
    reply = {};
    expect(await revokeToken({ ...target(), app: withKey(algorithm), token: new Secret('t') })).toEqual({ kind: 'revoked' });
    await check();
    expect(ids.size).toBe(4);
  });

  it('is addressed to the issuer where the connector says so, and signed as it says', async () => {
    await requestToken({ ...target({ client_assertion: { audience: 'issuer', algorithms: ['PS256'] } }), app: withKey('RS256'), grant: { grantType: 'client_credentials' } });
    const { protectedHeader } = await jwtVerify(lastForm().get('client_assertion')!, pairs.RS256.publicKey, { audience: `${server.origin}/issuer` });
    expect(protectedHeader.alg).toBe('PS256');
  });

  it.each([
    ['no key', { clientId: 'c', clientSecret: new Secret('s3cret') }, {}],
    ['a key nobody verifies', withKey('EdDSA'), { client_assertion: { algorithms: ['RS256'] } }],
    ['nonsense', { clientId: 'c', clientSecret: null, privateKey: new Secret('s3cret nonsense') }, {}],
  ] as const)('sends nothing with %s', async (_, app, fields) => {
    const outcome = await requestToken({ ...target(fields), app, grant: { grantType: 'client_credentials' } });
    expect(outcome).toMatchObject({ kind: 'refused', class: 'misconfigured', sent: false });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(server.received).toEqual([]);
  });
});

describe('the second token of a consent', () => {
  const second = { name: 'user', scope_parameter: 'user_scope', access_token: 'person.access_token', refresh_token: 'person.refresh_token', expires_in: 'person.expires_in', scope: 'person.scope', token_type: 'person.token_type' };
  const ask = () =>
    requestToken({ ...target({ client_authentication: 'client_secret_basic', token_response: { second, refresh_expires_in: 'x_ends' }, scope_separator: ',' }), app: { clientId: 'c', clientSecret: new Secret('s') }, grant: { grantType: 'authorization_code', code: 'c', redirectUri: 'https://x.example/cb' } });
  const person = { access_token: 'xoxp', refresh_token: 'xoxe-1', expires_in: 60, scope: 'search:read,users:read', token_type: 'user' };

  it('is told beside the first', async () => {
    reply = { body: { access_token: 'xoxb', scope: 'chat:write', x_ends: '8726400', person } };
    const outcome = await ask();
    if (outcome.kind !== 'granted') throw new Error(outcome.message);
    expect([outcome.accessToken.reveal(), outcome.second?.accessToken.reveal(), outcome.second?.refreshToken?.reveal()]).toEqual(['xoxb', 'xoxp', 'xoxe-1']);
    expect(outcome).toMatchObject({ scopes: ['chat:write'], refreshExpiresInSeconds: 8_726_400, second: { name: 'user', scopes: ['search:read', 'users:read'], expiresInSeconds: 60, tokenType: 'user' } });
  });

  it('is the first where it comes alone, and none where only its owner is named', async () => {
    reply = { body: { person } };
    const alone = await ask();
    if (alone.kind !== 'granted') throw new Error(alone.message);
    expect([alone.accessToken.reveal(), alone.refreshToken?.reveal(), alone.second, alone.tokenType]).toEqual(['xoxp', 'xoxe-1', null, 'user']);
    reply = { body: { access_token: 'xoxb', person: { id: 'U1' } } };
    expect(await ask()).toMatchObject({ kind: 'granted', second: null, refreshExpiresInSeconds: null });
    reply = { body: { person: { id: 'U1' } } };
    expect(await ask()).toMatchObject({ kind: 'refused', class: 'transient' });
  });
});
