import { Secret } from '@trunkline/contracts';
import { requestToken, revokeToken } from '../src/index.js';
import type { Revocation } from '../src/index.js';
import { acme, acmeOauth } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';

describe('revoking a token', () => {
  let reply: Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer(() => reply)));
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    reply = { status: 200 };
  });

  const connector = acmeOauth({ revocation: { url: '{{settings.acme_url}}/revoke' } });
  const revoke = async (more: Partial<Revocation> = {}) => {
    const outcome = await revokeToken({
      egress: server.egress,
      connector,
      inputs: {},
      settings: { acme_url: server.origin },
      app: { clientId: 'client', clientSecret: new Secret('s3cret-client') },
      token: new Secret('s3cret-token'),
      tokenTypeHint: 'refresh_token',
      ...more,
    });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    return outcome;
  };

  it('is a form with the token, its kind and the client (RFC 7009)', async () => {
    expect(await revoke()).toEqual({ kind: 'revoked' });
    const [sent] = server.received;
    expect(sent).toMatchObject({ method: 'POST', target: '/revoke' });
    expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({ token: 's3cret-token', token_type_hint: 'refresh_token' });
    expect(sent?.headers.authorization).toBe(`Basic ${Buffer.from('client:s3cret-client').toString('base64')}`);
  });

  it.each<[string, Reply, object]>([
    ['204', { status: 204 }, { kind: 'revoked' }],
    ['a token that is unknown already', { status: 400, body: { error: 'invalid_token' } }, { kind: 'revoked' }],
    ['a kind of token the server cannot revoke', { status: 400, body: { error: 'unsupported_token_type' } }, { kind: 'unsupported' }],
    ['503', { status: 503, headers: { 'retry-after': '9' } }, { kind: 'failed', retryable: true, retryAfterMs: 9_000 }],
    ['429', { status: 429 }, { kind: 'failed', retryable: true }],
    ['a cut connection', { reset: true }, { kind: 'failed', retryable: true }],
    ['a refused client', { status: 401, body: { error: 'invalid_client' } }, { kind: 'failed', retryable: false }],
    ['HTML', { status: 404, body: '<html>' }, { kind: 'failed', retryable: false }],
    ['a redirect, which is not followed', { status: 307, headers: { location: '/elsewhere' } }, { kind: 'failed', retryable: false }],
  ])('%s', async (_, answer, expected) => {
    reply = answer;
    expect(await revoke()).toMatchObject(expected);
    expect(server.received).toHaveLength(1);
  });

  it('is not possible where the provider offers nothing, or our app has no secret', async () => {
    expect(await revoke({ connector: acme() })).toEqual({ kind: 'unsupported' });
    expect(await revoke({ app: { clientId: 'client', clientSecret: null } })).toMatchObject({ kind: 'failed', retryable: false });
    expect(server.received).toHaveLength(0);
  });

  it('follows dialects: a DELETE with the access token, or a JSON body', async () => {
    await revoke({ connector: acmeOauth({ revocation: { url: '{{settings.acme_url}}/current.json', method: 'DELETE', authenticate_with: 'access_token' } }) });
    expect(server.received[0]).toMatchObject({ method: 'DELETE', target: '/current.json', body: '', headers: { authorization: 'Bearer s3cret-token' } });
    await revoke({ connector: acmeOauth({ revocation: { url: '{{settings.acme_url}}/revoke', format: 'json' } }), tokenTypeHint: undefined });
    expect(JSON.parse(server.received[1]?.body ?? '')).toEqual({ token: 's3cret-token' });
  });

  it('is refused for a connector without OAuth', async () => {
    const keyOnly = acme({ auth: { SECRET_TEXT: { headers: { 'X-Key': '{{credential.secret_text}}' } } } });
    await expect(revoke({ connector: keyOnly })).rejects.toMatchObject({ kind: 'rejected' });
    await expect(
      requestToken({ egress: server.egress, connector: keyOnly, inputs: {}, settings: { acme_url: server.origin }, app: { clientId: 'x', clientSecret: null }, grant: { grantType: 'client_credentials' } }),
    ).rejects.toMatchObject({ kind: 'rejected' });
  });
});
