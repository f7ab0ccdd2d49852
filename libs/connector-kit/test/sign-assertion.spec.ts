import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { Secret } from '@trunkline/contracts';
import { openPrivateKey, PrivateKeyError, ProviderError, readPrivateKey, requestToken, revokeToken, signAssertion } from '../src/index.js';
import type { AssertionRequest, TokenOutcome } from '../src/index.js';
import { acme } from './support/acme.js';
import { AssertionEndpoint } from './support/assertion-endpoint.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';
import { sshKeyPair } from '@trunkline/testing';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

const method = {
  token_url: '{{settings.acme_url}}/token',
  grant: 'jwt_bearer',
  algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  issuer: '{{credential.client_id}}',
  subject: '{{credential.user}}',
  key_id: '{{credential.key_id}}',
  fields: [{ name: 'client_id', title: 'Client id' }, { name: 'user', title: 'User', required: false }, { name: 'key_id', title: 'Key id', required: false }],
  headers: { Authorization: 'Bearer {{credential.access_token}}' },
};
const acmeJwt = (fields: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) => acme({ ...changes, auth: { JWT_BEARER: { ...method, ...fields } } });
const props = { client_id: new Secret('client-1'), user: new Secret('anna') };

describe('an assertion', () => {
  let publicKey: KeyObject = rsa.publicKey;
  let endpoint: AssertionEndpoint;
  let server: LocalServer;
  beforeAll(async () => {
    server = await startServer((request, origin) => {
      const reply: Reply = {};
      reply.after = endpoint.answer(request, origin).then((answer) => Object.assign(reply, answer));
      return reply;
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    publicKey = rsa.publicKey;
    endpoint = new AssertionEndpoint(() => publicKey);
  });

  const sign = (over: Partial<AssertionRequest> = {}) =>
    signAssertion({ connector: acmeJwt(), inputs: {}, settings: { acme_url: server.origin }, props, privateKey: rsa.privateKey, ...over });
  const exchange = async (over: Partial<AssertionRequest> = {}, assertion?: Secret): Promise<TokenOutcome> => {
    const connector = over.connector ?? acmeJwt();
    const grant = { grantType: 'assertion', assertion: assertion ?? (await sign(over)), props: over.props ?? props } as const;
    const outcome = await requestToken({ egress: server.egress, connector, inputs: over.inputs ?? {}, settings: { acme_url: server.origin }, app: null, grant });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    return outcome;
  };
  const granted = { kind: 'granted', expiresInSeconds: 600, tokenType: 'Bearer' };
  const reauth = (error: string) => ({ kind: 'refused', class: 'reauth', error, sent: true });

  it('says who, for whom, to whom, and until when, and is exchanged for an access token', async () => {
    expect(await exchange()).toMatchObject(granted);
    const [{ header, claims, form }] = endpoint.seen as [AssertionEndpoint['seen'][number]];
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(claims).toMatchObject({ iss: 'client-1', sub: 'anna', aud: `${server.origin}/token` });
    expect(claims.exp! - claims.iat!).toBe(300);
    expect(Math.abs(Date.now() / 1_000 - 30 - claims.iat!)).toBeLessThan(5);
    expect(claims.jti).toMatch(/^[\w-]{22}$/);
    expect([...form.keys()].sort()).toEqual(['assertion', 'grant_type']);
  });

  it.each<[string, KeyObject, KeyObject, string | undefined, string]>([
    ['RSA, the first that fits', rsa.privateKey, rsa.publicKey, undefined, 'RS256'],
    ['RSA made for PS256', rsa.privateKey, rsa.publicKey, 'PS256', 'PS256'],
    ['P-256', ec.privateKey, ec.publicKey, undefined, 'ES256'],
    ['Ed25519', ed.privateKey, ed.publicKey, undefined, 'EdDSA'],
    ['RSA made for something the key cannot do', rsa.privateKey, rsa.publicKey, 'ES256', 'RS256'],
  ])('is signed by %s', async (_, privateKey, verifiedBy, algorithm, expected) => {
    publicKey = verifiedBy;
    expect(await exchange({ privateKey, algorithm })).toMatchObject(granted);
    expect(endpoint.seen[0]?.header.alg).toBe(expected);
  });

  it('proves a client (NetSuite): client credentials with the assertion, scopes inside it, a key id', async () => {
    const connector = acmeJwt({ grant: 'client_assertion', subject: undefined, algorithms: ['PS256'], scopes: ['rest', 'suite'], scope_in: 'claim', scope_separator: ',', claims: { tenant: 'north' } });
    expect(await exchange({ connector, props: { client_id: new Secret('client-1'), key_id: new Secret('cert-7') } })).toMatchObject(granted);
    const [{ header, claims, form }] = endpoint.seen as [AssertionEndpoint['seen'][number]];
    expect(header).toEqual({ alg: 'PS256', typ: 'JWT', kid: 'cert-7' });
    expect(claims).toMatchObject({ iss: 'client-1', sub: 'client-1', scope: 'rest,suite', tenant: 'north' });
    expect([...form.keys()].sort()).toEqual(['client_assertion', 'client_assertion_type', 'grant_type']);
  });

  it('asks for scopes beside it, and sends the parameters that have a value', async () => {
    const inputs = [{ name: 'resource', title: 'Resource', required: false }, { name: 'audience', title: 'Audience', required: false }];
    const connector = acmeJwt({ scopes: ['a', 'b'], audience: '{{inputs.audience}}', token_params: { resource: '{{inputs.resource}}', client: '{{credential.client_id}}' } }, { inputs });
    endpoint.audience = 'https://issuer.test';
    expect(await exchange({ connector, inputs: { audience: 'https://issuer.test' } })).toMatchObject(granted);
    expect(Object.fromEntries(endpoint.seen[0]!.form)).toMatchObject({ scope: 'a b', client: 'client-1' });
    expect(endpoint.seen[0]!.form.has('resource')).toBe(false);
  });

  it('is of use once, and the next one is another', async () => {
    const assertion = await sign();
    expect(await exchange({}, assertion)).toMatchObject(granted);
    expect(await exchange({}, assertion)).toMatchObject(reauth('invalid_grant'));
    expect(await exchange()).toMatchObject(granted);
  });

  it('is refused after its time, for another audience, by another issuer or key', async () => {
    expect(await exchange({ now: Date.now() - 400_000 })).toMatchObject(reauth('invalid_grant'));
    expect(await exchange({ connector: acmeJwt({ audience: 'https://elsewhere.test' }) })).toMatchObject(reauth('invalid_grant'));
    expect(await exchange({ props: { ...props, client_id: new Secret('client-2') } })).toMatchObject(reauth('invalid_grant'));
    expect(await exchange({ privateKey: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey })).toMatchObject(reauth('invalid_grant'));
    expect(await exchange({ connector: acmeJwt({ grant: 'client_assertion' }), props: { client_id: new Secret('client-2'), user: new Secret('x') } })).toMatchObject(reauth('invalid_client'));
  });

  it('leaves out a subject that has no value, which Google wants', async () => {
    const { claims } = JSON.parse(`{"claims":${Buffer.from((await sign({ props: { client_id: new Secret('client-1') } })).reveal().split('.')[1]!, 'base64url').toString()}}`) as { claims: Record<string, unknown> };
    expect(claims).not.toHaveProperty('sub');
  });

  it.each<[string, () => Partial<AssertionRequest>, string]>([
    ['a key of the wrong kind', () => ({ connector: acmeJwt({ algorithms: ['ES256'] }) }), 'for which this key is of the wrong kind'],
    ['a curve that is not ES256', () => ({ privateKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey }), 'for which this key is of the wrong kind'],
    ['a missing field', () => ({ props: { user: new Secret('anna') } }), '"client_id" (Client id) is missing'],
    ['a field nobody declared', () => ({ props: { ...props, admin: new Secret('s3cret') } }), 'has no field of that name'],
    ['a connector without assertions', () => ({ connector: acme() }), 'does not connect by signed assertions'],
  ])('is not made with %s', async (_, over, message) => {
    const failure = await sign(over()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProviderError);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).not.toContain('s3cret');
  });

  it('proves the client when its token is revoked, where the grant does', async () => {
    const asked: URLSearchParams[] = [];
    const egressThatNotes = { request: async ({ body, url }: { body?: unknown; url: string }) => (asked.push(new URLSearchParams(String(body))), { status: 200, headers: {}, body: Buffer.alloc(0), text: () => '', url, sentAt: 0, receivedAt: 0 }) };
    const revocation = { url: '{{settings.acme_url}}/revoke' };
    const revoke = (grant: string, assertion: Secret | null) =>
      revokeToken({ egress: egressThatNotes, connector: acmeJwt({ grant, revocation }), inputs: {}, settings: { acme_url: server.origin }, app: null, method: 'JWT_BEARER', assertion, token: new Secret('at') });
    expect(await revoke('client_assertion', await sign())).toEqual({ kind: 'revoked' });
    expect([...asked[0]!.keys()].sort()).toEqual(['client_assertion', 'client_assertion_type', 'token']);
    expect(await revoke('jwt_bearer', null)).toEqual({ kind: 'revoked' });
    expect([...asked[1]!.keys()]).toEqual(['token']);
  });
});

describe('reading a private key', () => {
  const pem = (type: 'pkcs8' | 'pkcs1' | 'sec1', key: KeyObject, passphrase?: string) =>
    key.export({ type, format: 'pem', ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }) } as never) as string;
  const openssh = sshKeyPair();
  const opensshRsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2_048 });
  const opensshEc = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const locked = sshKeyPair({ passphrase: 's3cret', cipher: 'aes256-cbc', rounds: 4 });

  it.each<[string, string, string | null, string]>([
    ['PKCS#8', pem('pkcs8', rsa.privateKey), null, 'rsa'],
    ['PKCS#1', pem('pkcs1', rsa.privateKey), null, 'rsa'],
    ['SEC1', pem('sec1', ec.privateKey), null, 'ec'],
    ['PKCS#8 of Ed25519, with blanks around', `\n ${pem('pkcs8', ed.privateKey)}\n`, null, 'ed25519'],
    ['OpenSSH Ed25519', openssh.private, null, 'ed25519'],
    ['OpenSSH RSA', opensshRsa.private, null, 'rsa'],
    ['OpenSSH ECDSA', opensshEc.private, null, 'ec'],
    ['OpenSSH with its passphrase', locked.private, 's3cret', 'ed25519'],
    ['PKCS#8 with its passphrase', pem('pkcs8', rsa.privateKey, 's3cret'), 's3cret', 'rsa'],
    ['PKCS#1 with its passphrase', pem('pkcs1', rsa.privateKey, 's3cret'), 's3cret', 'rsa'],
    ['a key without passphrase, with one given', pem('pkcs8', rsa.privateKey), 's3cret', 'rsa'],
  ])('%s', async (_, text, passphrase, kind) => {
    const key = await openPrivateKey(new Secret(text), passphrase === null ? null : new Secret(passphrase));
    expect(key.asymmetricKeyType).toBe(kind);
  });

  it('keeps the key: the public half is the one of the file', () => {
    const key = readPrivateKey(new Secret(openssh.private));
    const raw = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    expect(Buffer.from(openssh.public.split(' ')[1]!, 'base64').subarray(-32).toString('hex')).toBe(raw);
  });

  it.each<[string, string, string | null, string]>([
    ['a missing passphrase', pem('pkcs8', rsa.privateKey, 's3cret'), null, 'protected by a passphrase'],
    ['a missing passphrase (PKCS#1)', pem('pkcs1', rsa.privateKey, 's3cret'), null, 'protected by a passphrase'],
    ['a missing passphrase (OpenSSH)', locked.private, null, 'protected by a passphrase'],
    ['a wrong passphrase', pem('pkcs8', rsa.privateKey, 's3cret'), 'no', 'does not open the private key'],
    ['a wrong passphrase (OpenSSH)', locked.private, 'no', 'does not open the private key'],
    ['a short RSA key', pem('pkcs8', generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey), null, 'has 1024 bits; it must have at least 2048'],
    ['another kind of key', pem('pkcs8', generateKeyPairSync('x25519').privateKey), null, 'must be RSA, EC or Ed25519'],
    ['an odd curve', pem('pkcs8', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey), null, 'must be on P-256'],
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string, null, 'not a private key'],
    ['text', 's3cret', null, 'not a private key'],
    ['half of a key', openssh.private.slice(0, 200), null, 'not a private key'],
  ])('refuses %s', async (_, text, passphrase, message) => {
    const failure: unknown = await openPrivateKey(new Secret(text), passphrase === null ? null : new Secret(passphrase)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PrivateKeyError);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).not.toContain('s3cret');
  });

  it('does not hold up anything else while a key is opened that asks for much work', async () => {
    const slow = sshKeyPair({ passphrase: 's3cret', cipher: 'aes256-cbc', rounds: 40 });
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    expect((await openPrivateKey(new Secret(slow.private), new Secret('s3cret'))).asymmetricKeyType).toBe('ed25519');
    clearInterval(watch);
    expect(longest).toBeLessThan(400);
  });

  it('gives up a key that would never be done', async () => {
    const { private: text } = sshKeyPair({ passphrase: 's3cret', cipher: 'aes256-cbc', rounds: 4 });
    const bytes = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    // "openssh-key-v1\0", cipher, "bcrypt", then the options: their length, a salt, the rounds.
    const options = bytes.indexOf('bcrypt') + 'bcrypt'.length;
    bytes.writeUInt32BE(2 ** 31, options + 4 + bytes.readUInt32BE(options) - 4);
    const endless = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64').match(/.{1,70}/g)!.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    await expect(openPrivateKey(new Secret(endless), new Secret('s3cret'))).rejects.toThrow('takes too long to open');
  }, 40_000);
});
