import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, Secret, type RequestOf, type credentials } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { AssertionProvider } from './support/assertion-provider.js';
import { Keys } from './support/keys.js';
import { canary } from './support/scripted-provider.js';
import { codeOf, failureOf, World } from './support/world.js';

let provider: AssertionProvider;
let world: World;
let keys: Keys;
let folder: string;
/** As NetSuite does it, and a revocation endpoint besides. */
const signedClient = `
id: signed_client
name: Signed client
category: custom
inputs:
  - { name: url, title: URL, pattern: '^http://127.0.0.1:[0-9]+$' }
base_url: '{{inputs.url}}'
allowed_origins: ['{{inputs.url}}']
auth:
  JWT_BEARER:
    token_url: '{{inputs.url}}/token'
    grant: client_assertion
    algorithms: [PS256, ES256]
    issuer: '{{credential.client_id}}'
    fields: [{ name: client_id, title: Client id }]
    scopes: [rest]
    scope_in: claim
    revocation: { url: '{{inputs.url}}/revoke' }
    headers: { Authorization: 'Bearer {{credential.access_token}}' }
verification: { request: { path: /userinfo }, account: { id: sub } }
rate_limit: { posture: None. }
latency: None.
`;
beforeAll(async () => {
  provider = await new AssertionProvider().start();
  folder = await mkdtemp(join(tmpdir(), 'connectors-'));
  await mkdir(join(folder, 'signed_client'));
  await writeFile(join(folder, 'signed_client', 'connector.yaml'), signedClient);
  world = await World.start({ instances: 2, environment: { TRUNKLINE_EGRESS_ALLOW: provider.authority, TRUNKLINE_CATALOG_FOLDERS: folder } });
  keys = new Keys(world);
});
afterAll(async () => {
  await world.stop();
  await provider.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  provider.assertions.length = 0;
  provider.expiresIn = 3_600;
});

type Credential = Extract<RequestOf<typeof credentials.put>['credential'], { type: 'JWT_BEARER' }>;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const privateKey = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const fields = (issuer: string) => ({ issuer: new Secret(issuer), subject: new Secret('service-1') });

/** A credential whose key the provider knows. */
async function withSigningKey(algorithm: 'RS256' | 'PS256' | 'ES256' | 'EdDSA' = 'ES256'): Promise<{ credential: Credential; issuer: string; keyId: string }> {
  const key = await keys.create(algorithm);
  const issuer = newId('connection');
  provider.registered.set(issuer, key.publicKeyPem);
  return { credential: { type: 'JWT_BEARER', props: fields(issuer), signingKeyId: key.id }, issuer, keyId: key.id };
}
function withOwnKey(): Credential {
  const issuer = newId('connection');
  provider.registered.set(issuer, rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  return { type: 'JWT_BEARER', props: fields(issuer), privateKey: new Secret(privateKey) };
}
const put = async (credential: Credential, over: Partial<RequestOf<typeof credentials.put>> = {}) => {
  const connectionId = over.connectionId ?? newId('connection');
  return { connectionId, ...(await world.put({ connector: 'custom_oidc_jwt', inputs: provider.inputs, credential, ...over, connectionId })) };
};
const token = async (connectionId: string) => (await world.resolve({ connectionId })).token?.reveal();
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('connecting', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('with a %s key that was generated: exchanged, verified, handed out', async (algorithm) => {
    const { credential } = await withSigningKey(algorithm);
    const { connectionId, account, expiresAt } = await put(credential);
    expect(account).toEqual({ id: 'service-1', name: 'Service One' });
    expect(Math.abs(Date.parse(expiresAt!) - Date.now() - 3_600_000)).toBeLessThan(10_000);
    const handed = await world.resolve({ connectionId });
    expect(handed).toMatchObject({ type: 'JWT_BEARER', tokenType: 'Bearer', username: null, props: null, expiresAt });
    expect(provider.accepts(handed.token?.reveal())).toBe(true);
    expect(provider.assertions).toHaveLength(1);
    expect(await world.row(connectionId)).toMatchObject({ refreshable: true, oauth_app_id: null, allowed_origins: [new URL(provider.inputs.verification_url!).origin] });
  });

  it('with one\'s own key', async () => {
    const { connectionId } = await put(withOwnKey());
    expect(provider.accepts(await token(connectionId))).toBe(true);
    expect(await world.lease(connectionId)).toMatchObject({ credential: { type: 'JWT_BEARER', tokenType: 'Bearer' } });
  });

  it.each<[string, () => Promise<Partial<Credential>>, RegExp]>([
    ['neither a key nor a key\'s id', async () => ({ signingKeyId: undefined }), /either a private key or the id of a signing key/],
    ['both', async () => ({ privateKey: new Secret(privateKey) }), /either a private key or the id of a signing key/],
    ['an unknown signing key', async () => ({ signingKeyId: 'skey_unknown' }), /There is no signing key "skey_unknown"/],
    ['a foreign signing key', async () => ({ signingKeyId: (await keys.create('ES256', undefined, keys.foreign())).id }), /There is no signing key/],
    ['a key of the platform', async () => ({ signingKeyId: (await keys.create('ES256', undefined, keys.ofPlatform())).id }), /There is no signing key/],
    ['an SSH key', async () => ({ signingKeyId: (await keys.create('ssh-ed25519')).id }), /is for ssh-ed25519; assertions need/],
    ['a text that is no key', async () => ({ signingKeyId: undefined, privateKey: new Secret(`${canary} key`) }), /is not a private key/],
    ['a missing field', async () => ({ props: { issuer: new Secret('x') } }), /"subject" \(Subject\) is missing/],
    ['a field nobody asked for', async () => ({ props: { ...fields('x'), extra: new Secret(canary) } }), /has no field of that name/],
  ])('is refused with %s, before the provider is asked', async (_, over, message) => {
    const { credential } = await withSigningKey();
    const refused = await failureOf(put({ ...credential, ...(await over()) }));
    expect(refused).toMatchObject({ code: 'INVALID_APP_CONNECTION', message: expect.stringMatching(message) as string });
    expect(refused.message).not.toContain(canary);
    expect(provider.assertions).toEqual([]);
  });

  it('is refused when the provider does not take the key, and says so without what it wrote', async () => {
    const { credential, issuer } = await withSigningKey();
    provider.registered.delete(issuer);
    const refused = await failureOf(put(credential));
    expect(refused).toMatchObject({ code: 'INVALID_APP_CONNECTION', params: { providerStatus: 400, providerError: 'invalid_grant' } });
    expect(JSON.stringify(refused.params)).not.toContain(canary);
  });

  it('stores nothing while the provider is in trouble', async () => {
    const { credential } = await withSigningKey();
    provider.script({ status: 503 });
    const connectionId = newId('connection');
    expect(await codeOf(put(credential, { connectionId }))).toBe('PROVIDER_UNAVAILABLE');
    expect(await codeOf(world.resolve({ connectionId }))).toBe('ENTITY_NOT_FOUND');
  });
});

describe('an access token that has expired', () => {
  it('is renewed by one fresh assertion, whoever and however many ask', async () => {
    const { credential } = await withSigningKey();
    const { connectionId } = await put(credential);
    const first = await token(connectionId);
    await world.expire(connectionId);
    const tokens = await Promise.all(Array.from({ length: 12 }, () => token(connectionId)));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(provider.accepts(tokens[0])).toBe(true);
    expect(provider.assertions).toHaveLength(2);
    expect(new Set(provider.assertions.map(({ jti }) => jti)).size).toBe(2);
    expect(await world.row(connectionId)).toMatchObject({ version: 2, status: 'usable', intent_id: null });
    await world.waitForEvent('refreshed', connectionId);
  });

  it('is renewed when a provider rejected it, and on demand', async () => {
    const { connectionId } = await put(withOwnKey());
    const first = await token(connectionId);
    const leased = await world.lease(connectionId, digest(first!));
    expect(leased.credential.type === 'JWT_BEARER' && leased.credential.accessToken.reveal()).not.toBe(first);
    expect(await world.refresh(connectionId)).toMatchObject({ refreshed: true });
    expect(provider.assertions).toHaveLength(3);
  });

  it('is renewed once a day where the provider says no life', async () => {
    provider.expiresIn = null;
    const { connectionId, expiresAt } = await put(withOwnKey());
    expect(expiresAt).toBeNull();
    const [row] = await world.database.query<{ due: number }>('SELECT extract(epoch FROM refresh_due_at - now())::float8 AS due FROM tokens.credential WHERE connection_id = $1', [connectionId]);
    expect(row!.due).toBeGreaterThan(60_000);
  });

  it('needs a person when the provider no longer takes the key', async () => {
    const { credential, issuer } = await withSigningKey();
    const { connectionId } = await put(credential);
    provider.registered.delete(issuer);
    await world.expire(connectionId);
    expect(await failureOf(world.resolve({ connectionId }))).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT', params: { reason: 'reauth_required' } });
    expect(await world.waitForEvent('broken', connectionId)).toMatchObject({ reason: 'reauth_required' });
  });

  it('costs nothing when an answer is lost: the next assertion is a new one', async () => {
    const { credential, issuer } = await withSigningKey();
    const { connectionId } = await put(credential);
    await world.expire(connectionId);
    provider.script({ status: 200, cut: true });
    expect(await codeOf(world.resolve({ connectionId }))).toBe('PROVIDER_UNAVAILABLE');
    expect(await world.row(connectionId)).toMatchObject({ status: 'usable', intent_id: null });
    await world.passCooldown(connectionId);
    expect(provider.accepts(await token(connectionId))).toBe(true);
    // And an open intent of a process that died does not turn a plain refusal into an unknown outcome.
    await world.expire(connectionId);
    await world.set(connectionId, `intent_id = 'i', intent_token_digest = '${digest('assertion')}', intent_at = now()`);
    provider.registered.delete(issuer);
    expect(await failureOf(world.resolve({ connectionId }))).toMatchObject({ params: { reason: 'reauth_required' } });
  });

  it('does not go to a token endpoint it was not bound to', async () => {
    const { connectionId } = await put(withOwnKey());
    await world.expire(connectionId);
    await world.set(connectionId, `allowed_origins = ARRAY['https://api.example.com']`);
    provider.assertions.length = 0;
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTOR_MISCONFIGURED');
    expect(provider.assertions).toEqual([]);
  });
});

describe('a signing key in use', () => {
  it('is not deleted, and is free again when nobody uses it', async () => {
    const { credential, keyId } = await withSigningKey();
    const first = await put(credential);
    const second = await put(credential);
    expect(await failureOf(keys.delete(keyId))).toMatchObject({ code: 'VALIDATION', params: { connections: 2 }, message: expect.stringMatching(/^2 connections sign with this key/) as string });
    await world.delete(first.connectionId);
    expect(await failureOf(keys.delete(keyId))).toMatchObject({ params: { connections: 1 } });
    await put((await withSigningKey()).credential, { connectionId: second.connectionId });
    expect(await codeOf(keys.delete(keyId))).toBe('none');
  });

  it('is either deleted or used, never both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { credential, keyId } = await withSigningKey();
      const [connected, deleted] = await Promise.all([codeOf(put(credential)), codeOf(keys.delete(keyId))]);
      expect([['none', 'VALIDATION'], ['INVALID_APP_CONNECTION', 'none']]).toContainEqual([connected, deleted]);
    }
  });

  it('that is gone all the same leaves the connection to the operator', async () => {
    const { credential, keyId } = await withSigningKey();
    const { connectionId } = await put(credential);
    await world.database.query('UPDATE tokens.signing_key SET revoked_at = now(), sealed_private_key = NULL WHERE id = $1', [keyId]);
    await world.expire(connectionId);
    expect(await codeOf(world.resolve({ connectionId }))).toBe('CONNECTOR_MISCONFIGURED');
    expect((await world.row(connectionId)).status).toBe('usable');
  });

  it('does not open in another row\'s place', async () => {
    const [one, other] = [await withSigningKey(), await withSigningKey()];
    const { connectionId } = await put(one.credential);
    await world.database.query('UPDATE tokens.signing_key SET sealed_private_key = (SELECT sealed_private_key FROM tokens.signing_key WHERE id = $2) WHERE id = $1', [one.keyId, other.keyId]);
    await world.expire(connectionId);
    provider.assertions.length = 0;
    expect(await codeOf(world.resolve({ connectionId }))).not.toBe('none');
    expect(provider.assertions).toEqual([]);
  });
});

describe('a client that proves itself by assertions', () => {
  const connect = async () => {
    const key = await keys.create('PS256');
    const clientId = newId('connection');
    provider.registered.set(clientId, key.publicKeyPem);
    const inputs = { url: new URL(provider.inputs.token_url!).origin };
    const connected = await put({ type: 'JWT_BEARER', props: { client_id: new Secret(clientId) }, signingKeyId: key.id }, { connector: 'signed_client', inputs });
    return { ...connected, clientId };
  };

  it('connects, renews, and needs a person when the provider no longer knows it', async () => {
    const { connectionId, clientId } = await connect();
    expect(provider.assertions[0]).toMatchObject({ iss: clientId, sub: clientId, scope: 'rest' });
    await world.expire(connectionId);
    expect(provider.accepts(await token(connectionId))).toBe(true);
    provider.registered.delete(clientId);
    await world.expire(connectionId);
    expect(await failureOf(world.resolve({ connectionId }))).toMatchObject({ code: 'CREDENTIAL_NEEDS_RECONNECT', params: { reason: 'reauth_required' } });
  });

  it('ends its token at the provider with a fresh assertion when the connection is deleted', async () => {
    const { connectionId } = await connect();
    const issued = await token(connectionId);
    await world.delete(connectionId);
    expect(await world.waitForEvent('revoked', connectionId)).toMatchObject({ outcome: 'revoked' });
    expect(provider.accepts(issued)).toBe(false);
    expect(provider.revocations.at(-1)?.get('token_type_hint')).toBe('access_token');
  });
});

it('ends nothing at a provider that cannot, and says so', async () => {
  const { connectionId } = await put(withOwnKey());
  await world.delete(connectionId);
  expect(await world.waitForEvent('revoked', connectionId)).toMatchObject({ outcome: 'unsupported' });
});

it('leaves nothing secret in the database, an event or the log', async () => {
  const [dump] = await world.database.query<{ all: string }>(`
    SELECT (SELECT string_agg(to_jsonb(c)::text || encode(coalesce(c.sealed, ''), 'escape'), ' ') FROM tokens.credential c)
      || (SELECT string_agg(to_jsonb(k)::text || encode(coalesce(k.sealed_private_key, ''), 'escape'), ' ') FROM tokens.signing_key k)
      || coalesce((SELECT string_agg(to_jsonb(o)::text, ' ') FROM tokens.outbox o), '') AS all`);
  const { text } = await waitFor(() => world.logs(), { what: 'the log' });
  for (const place of [dump!.all, JSON.stringify(world.events), text]) {
    expect(place).not.toContain(canary);
    expect(place).not.toMatch(/PRIVATE KEY|eyJ[\w-]+\.eyJ/);
  }
});
