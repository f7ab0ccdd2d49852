import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { exportJWK, calculateJwkThumbprint } from 'jose';
import ssh2 from 'ssh2';
import { newId, Secret, signingKeyAlgorithm } from '@trunkline/contracts';
import { asTenant, createDataSource } from '@trunkline/persistence';
import { tokensDatabase } from '../src/database.js';
import { Keys } from './support/keys.js';
import { codeOf, failureOf, World } from './support/world.js';
import { sshKeyPair } from '@trunkline/testing';

let world: World;
let keys: Keys;
beforeAll(async () => {
  world = await World.start();
  keys = new Keys(world);
});
afterAll(() => world.stop());

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ed = generateKeyPairSync('ed25519');
const pem = (key: typeof rsa.privateKey, passphrase?: string) =>
  key.export({ type: 'pkcs8', format: 'pem', ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }) }) as string;

describe('a signing key that is generated', () => {
  it.each(signingKeyAlgorithm.options)('%s comes with its public half in every form it may be wanted in', async (algorithm) => {
    const key = await keys.create(algorithm);
    const publicKey = createPublicKey(key.publicKeyPem);
    expect(key).toMatchObject({ platformId: world.platformId, projectId: world.projectId, displayName: 'A key', algorithm });
    expect(JSON.stringify(key)).not.toContain('PRIVATE');
    if (algorithm.startsWith('ssh-')) {
      const line = ssh2.utils.parseKey(key.sshPublicKey!);
      if (line instanceof Error || Array.isArray(line)) throw new Error('no key line');
      expect(line.type).toBe(algorithm);
      expect(createPublicKey(line.getPublicPEM()).equals(publicKey)).toBe(true);
      expect(key).toMatchObject({ publicJwk: null, certificatePem: null, fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/) as string });
      return;
    }
    const certificate = new X509Certificate(key.certificatePem!);
    expect(certificate.checkIssued(certificate) && certificate.verify(publicKey)).toBe(true);
    expect(certificate.publicKey.equals(publicKey)).toBe(true);
    expect(certificate.subject).toContain(`CN=${key.id}`);
    expect(Date.parse(certificate.validTo) - Date.now()).toBeLessThan(730 * 86_400_000);
    expect(createPublicKey({ key: key.publicJwk as never, format: 'jwk' }).equals(publicKey)).toBe(true);
    expect(key.publicJwk).toMatchObject({ kid: key.id, alg: algorithm, use: 'sig' });
    expect(key).toMatchObject({ sshPublicKey: null, fingerprint: await calculateJwkThumbprint(await exportJWK(publicKey)) });
  });
});

describe('a signing key that is uploaded', () => {
  const open = sshKeyPair();
  it.each<[string, 'RS256' | 'ssh-rsa' | 'EdDSA' | 'ssh-ed25519', string, string]>([
    ['PKCS#8', 'RS256', pem(rsa.privateKey), rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string],
    ['PKCS#1, for SSH', 'ssh-rsa', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string, rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string],
    ['PKCS#8 of Ed25519', 'EdDSA', pem(ed.privateKey), ed.publicKey.export({ type: 'spki', format: 'pem' }) as string],
  ])('is kept as %s', async (_, algorithm, privateKey, publicKeyPem) => {
    expect((await keys.create(algorithm, privateKey)).publicKeyPem).toBe(publicKeyPem);
  });

  it('is kept in OpenSSH\'s form', async () => {
    const key = await keys.create('ssh-ed25519', open.private);
    expect(key.sshPublicKey).toBe(`${open.public} ${key.id}`);
  });

  it.each<[string, 'RS256' | 'ES256' | 'ssh-ed25519', string, RegExp]>([
    ['one with a passphrase', 'RS256', pem(rsa.privateKey, 'p'), /protected by a passphrase; remove/],
    ['an OpenSSH one with a passphrase', 'ssh-ed25519', sshKeyPair({ passphrase: 'p', cipher: 'aes256-cbc', rounds: 4 }).private, /protected by a passphrase/],
    ['a weak one', 'RS256', pem(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey), /has 1024 bits/],
    ['one of another kind', 'ES256', pem(rsa.privateKey), /ES256 needs an EC key on P-256/],
    ['one on another curve', 'ES256', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), /ES256 needs an EC key on P-256/],
    ['a public one', 'RS256', rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string, /not a private key/],
    ['no key', 'RS256', 'canary', /not a private key/],
  ])('is refused: %s', async (_, algorithm, privateKey, message) => {
    const refused = await failureOf(keys.create(algorithm, privateKey));
    expect(refused).toMatchObject({ code: 'VALIDATION', message: expect.stringMatching(message) as string });
    expect(refused.message).not.toContain('canary');
  });
});

describe('whose signing keys they are', () => {
  it('is the principal\'s project; a principal without one has the platform\'s; the others are not found', async () => {
    const own = await keys.create('EdDSA');
    const platforms = await keys.create('EdDSA', undefined, keys.ofPlatform());
    expect(platforms.projectId).toBeNull();
    expect(await keys.list()).toContain(own.id);
    expect(await keys.list()).not.toContain(platforms.id);
    expect(await keys.list(keys.ofPlatform())).toEqual([platforms.id]);
    const others = [keys.foreign(), keys.principal({ projectId: newId('project') }), keys.ofPlatform()];
    for (const principal of others) {
      const [foreign, unknown] = [await failureOf(keys.get(own.id, principal)), await failureOf(keys.get('skey_unknown', principal))];
      expect([foreign.code, unknown.code]).toEqual(['ENTITY_NOT_FOUND', 'ENTITY_NOT_FOUND']);
      expect(foreign.message).toBe(unknown.message);
      expect(await codeOf(keys.delete(own.id, principal))).toBe('ENTITY_NOT_FOUND');
      expect(await keys.list(principal)).not.toContain(own.id);
    }
    expect((await keys.get(own.id)).fingerprint).toBe(own.fingerprint);
  });

  it('needs the scope, and a platform', async () => {
    const reader = keys.principal({ scopes: ['connections:read'] });
    expect(await codeOf(keys.create('EdDSA', undefined, reader))).toBe('AUTHORIZATION');
    const key = await keys.create('EdDSA');
    expect(await codeOf(keys.get(key.id, reader))).toBe('none');
    expect(await codeOf(keys.delete(key.id, reader))).toBe('AUTHORIZATION');
    expect(await codeOf(keys.list(keys.principal({ scopes: ['tokens:resolve'] })))).toBe('AUTHORIZATION');
    expect(await codeOf(keys.list(keys.principal({ kind: 'operator', reach: 'installation', platformId: null, projectId: null, scopes: ['admin'] })))).toBe('AUTHORIZATION');
  });

  it('is held by the database too: a query that forgot its tenant finds nothing of another', async () => {
    const key = await keys.create('EdDSA');
    const config = { databaseUrl: new Secret(world.database.url), databasePoolSize: 1, databaseStatementTimeoutMs: 10_000 };
    const database = await createDataSource('test', config as never, tokensDatabase).initialize();
    const seen = (platformId: string, projectId: string | null) =>
      asTenant(database, { platformId, projectId }, async (tx) => (await tx.query<{ id: string }[]>('SELECT id FROM tokens.signing_key')).map(({ id }) => id));
    try {
      expect(await seen(world.platformId, world.projectId)).toContain(key.id);
      for (const [platformId, projectId] of [[world.platformId, newId('project')], [world.platformId, null], [newId('platform'), world.projectId]] as const) {
        expect(await seen(platformId, projectId)).not.toContain(key.id);
      }
    } finally {
      await database.destroy();
    }
  });
});

describe('deleting a signing key', () => {
  it('destroys its private half, once', async () => {
    const key = await keys.create('EdDSA');
    const answers = await Promise.all([codeOf(keys.delete(key.id)), codeOf(keys.delete(key.id))]);
    expect(answers.sort()).toEqual(['ENTITY_NOT_FOUND', 'none']);
    expect(await codeOf(keys.get(key.id))).toBe('ENTITY_NOT_FOUND');
    const [row] = await world.database.query<{ sealed_private_key: unknown; revoked_at: unknown }>('SELECT sealed_private_key, revoked_at FROM tokens.signing_key WHERE id = $1', [key.id]);
    expect(row).toMatchObject({ sealed_private_key: null, revoked_at: expect.any(Date) as Date });
  });
});

it('keeps private halves sealed, and tells the audit log of each key', async () => {
  const key = await keys.create('ssh-ed25519');
  const [dump] = await world.database.query<{ all: string }>(`SELECT string_agg(to_jsonb(k)::text || encode(coalesce(sealed_private_key, ''), 'escape'), ' ') AS all FROM tokens.signing_key k`);
  expect(dump!.all).toContain(key.id);
  expect(dump!.all).not.toContain('PRIVATE KEY');
  const [told] = await world.database.query<{ told: string }>(`SELECT string_agg(to_jsonb(o)::text, ' ') AS told FROM tokens.outbox o`);
  expect(`${told?.told ?? ''}${JSON.stringify(world.events)}`).toContain('signing_key.created');
  expect((await world.logs()).text).not.toContain('PRIVATE KEY');
});
