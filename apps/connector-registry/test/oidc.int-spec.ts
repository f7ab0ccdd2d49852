import { createHash } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { principals, Secret, users } from '@trunkline/contracts';
import { AppError, type RunningService } from '@trunkline/service';
import { startHttpServer, startTestService, type TestHttpServer } from '@trunkline/testing';
import { connectorRegistry } from '../src/index.js';
import { codeOf, masterKey, startRegistry, type Registry } from './harness.js';
import { peopleOf, sessionEnvironment } from './people.js';

const audience = 'trunkline-tests';

/** An issuer with real keys, that can take a new one, be away, and count who asks. */
async function startIssuer() {
  const pairs = new Map<string, CryptoKey>();
  const published: JWK[] = [];
  const asked = { discovery: 0, keys: 0 };
  let away = false;
  const addKey = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    pairs.set(kid, privateKey);
    published.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' });
    return publicKey;
  };
  const server: TestHttpServer = await startHttpServer((request, response) => {
    if (away) return void response.writeHead(503).end();
    const discovery = request.url === '/.well-known/openid-configuration';
    asked[discovery ? 'discovery' : 'keys'] += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(discovery ? { issuer: server.url, jwks_uri: `${server.url}/jwks` } : { keys: published }));
  });
  const publicKey = await addKey('one');
  const token = (claims: Record<string, unknown>, { kid = 'one', alg = 'ES256', key = pairs.get(kid)! }: { kid?: string; alg?: string; key?: CryptoKey | Uint8Array } = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: server.url, aud: audience, iat: now, exp: now + 300, ...claims }).setProtectedHeader({ alg, kid }).sign(key);
  };
  return { server, asked, publicKey, addKey, token, goAway: (gone: boolean) => void (away = gone) };
}

describe('tokens of an outside issuer', () => {
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let registry: Registry;
  let people: ReturnType<typeof peopleOf>;
  let platformId: string;
  let service: RunningService;

  beforeAll(async () => {
    issuer = await startIssuer();
    registry = await startRegistry(sessionEnvironment);
    people = peopleOf(registry);
    platformId = (await people.platform()).id;
    // The one with the issuer takes the place of the one that was needed to make the platform.
    await registry.stopService();
    service = await startWith();
  });
  afterAll(async () => {
    await service?.close();
    await registry?.stop();
    await issuer?.server.close();
  });

  const startWith = (more: Record<string, string> = {}) =>
    startTestService(connectorRegistry, {
      databaseUrl: registry.database.url,
      natsUrl: registry.nats.url,
      environment: {
        ...sessionEnvironment,
        TRUNKLINE_MASTER_KEY: masterKey,
        TRUNKLINE_OIDC_ISSUER: issuer.server.url,
        TRUNKLINE_OIDC_AUDIENCE: audience,
        TRUNKLINE_OIDC_PLATFORM_ID: platformId,
        TRUNKLINE_EGRESS_ALLOW: issuer.server.authority,
        ...more,
      },
    });
  const authenticate = (token: string, projectId?: string) => registry.call(principals.authenticate, { key: new Secret(token), projectId });
  const refusalOf = (token: string) => authenticate(token).then(() => 'accepted', (error: unknown) => (error as AppError).toWire());

  it('stand for the user of that address, with the rights it has here', async () => {
    const ada = await people.user(platformId);
    const project = await people.project(platformId);
    await people.join(project.id, ada.id, 'VIEWER');
    const token = await issuer.token({ email: ada.email.toUpperCase(), email_verified: true });
    expect(await authenticate(token)).toMatchObject({ kind: 'user', id: ada.id, reach: 'project', platformId, projectId: project.id, scopes: ['connections:read', 'flows:read'] });
    expect(await authenticate(token, project.id)).toMatchObject({ projectId: project.id });
    expect(await codeOf(authenticate(token, 'proj_0'))).toBe('ENTITY_NOT_FOUND');
    await registry.call(users.update, { principal: registry.operator, id: ada.id, change: { enabled: false } });
    expect(await codeOf(authenticate(token))).toBe('AUTHENTICATION');
  });

  it('are refused in one voice when anything about them is wrong', async () => {
    const { email } = await people.user(platformId);
    const foreign = await people.user((await people.platform()).id);
    const good = await issuer.token({ email });
    const [, payload, signature] = good.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const asSecret = new TextEncoder().encode(await exportSPKI(issuer.publicKey));
    const now = Math.floor(Date.now() / 1_000);
    const stranger = (await generateKeyPair('ES256')).privateKey;
    const wrong: Record<string, string> = {
      'alg none': `${encode({ alg: 'none', kid: 'one' })}.${payload}.`,
      'alg none, signed': `${encode({ alg: 'none', kid: 'one' })}.${payload}.${signature}`,
      'HS256 with the public key as secret': await issuer.token({ email }, { alg: 'HS256', key: asSecret }),
      'HS256 with the hash of it': await issuer.token({ email }, { alg: 'HS256', key: createHash('sha256').update(asSecret).digest() }),
      'another key under a known id': await issuer.token({ email }, { key: stranger }),
      'an unknown key id': await issuer.token({ email }, { kid: 'none-of-ours', key: stranger }),
      'another issuer': await issuer.token({ email, iss: 'https://evil.example.com' }),
      'another audience': await issuer.token({ email, aud: 'someone-else' }),
      'no audience': await issuer.token({ email, aud: undefined }),
      expired: await issuer.token({ email, exp: now - 120 }),
      'without end': await issuer.token({ email, exp: undefined }),
      'not valid yet': await issuer.token({ email, nbf: now + 120 }),
      'an unproven address': await issuer.token({ email, email_verified: false }),
      'no address': await issuer.token({}),
      'an address that is no text': await issuer.token({ email: [email] }),
      'an unknown user': await issuer.token({ email: `nobody-${email}` }),
      'a user of another platform': await issuer.token({ email: foreign.email }),
      'a payload that was changed': good.replace(payload, encode({ ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), email: foreign.email })),
    };
    const refusal = await refusalOf('nonsense');
    for (const [what, token] of Object.entries(wrong)) expect([what, await refusalOf(token)]).toEqual([what, refusal]);
    expect(await codeOf(authenticate(good))).toBe('no error');
    // A minute of difference between two clocks is nobody's fault.
    expect(await codeOf(authenticate(await issuer.token({ email, exp: now - 30 })))).toBe('no error');
  });

  it('may name a key that is new, which is looked for once, and not at every made-up id', async () => {
    await service.close();
    service = await startWith();
    const { email } = await people.user(platformId);
    await authenticate(await issuer.token({ email }));
    const stranger = (await generateKeyPair('ES256')).privateKey;
    const before = issuer.asked.keys;
    for (let round = 0; round < 20; round += 1) await refusalOf(await issuer.token({ email }, { kid: `made-up-${round}`, key: stranger }));
    expect(issuer.asked.keys - before).toBeLessThanOrEqual(1);
    await service.close();
    service = await startWith({ TRUNKLINE_OIDC_JWKS_URL: `${issuer.server.url}/jwks` });
    const discovered = issuer.asked.discovery;
    await issuer.addKey('two');
    expect(await codeOf(authenticate(await issuer.token({ email }, { kid: 'two' })))).toBe('no error');
    expect(issuer.asked.discovery).toBe(discovered);
  });

  it('cannot be checked while the issuer is away before its keys are known, and can be afterwards', async () => {
    await service.close();
    service = await startWith();
    const { email } = await people.user(platformId);
    const token = await issuer.token({ email });
    issuer.goAway(true);
    expect(await codeOf(authenticate(token))).toBe('SERVICE_UNAVAILABLE');
    issuer.goAway(false);
    // It is left in peace for a moment; then it is asked again.
    expect(await codeOf(authenticate(token))).toBe('SERVICE_UNAVAILABLE');
    const until = Date.now() + 15_000;
    while ((await codeOf(authenticate(token))) !== 'no error') {
      expect(Date.now()).toBeLessThan(until);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    // Known keys need no issuer.
    issuer.goAway(true);
    expect(await codeOf(authenticate(token))).toBe('no error');
    issuer.goAway(false);
  });

  it('are not fetched for past the rules of outgoing requests', async () => {
    await service.close();
    service = await startWith({ TRUNKLINE_EGRESS_ALLOW: '' });
    const before = issuer.asked.discovery;
    expect(await codeOf(authenticate(await issuer.token({ email: 'a@example.com' })))).toBe('SERVICE_UNAVAILABLE');
    expect(issuer.asked.discovery).toBe(before);
  });

  it('stop the start when they are configured by half', async () => {
    await expect(startWith({ TRUNKLINE_OIDC_AUDIENCE: '' })).rejects.toThrow(/TRUNKLINE_OIDC_AUDIENCE/);
  });
});
