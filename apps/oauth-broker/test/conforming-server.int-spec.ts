import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { loadCatalog } from '@trunkline/catalog';
import { requestToken, revokeToken, type Target } from '@trunkline/connector-kit';
import { Secret } from '@trunkline/contracts';
import { egressFrom, type Egress } from '@trunkline/egress';
import { Browser } from '@trunkline/testing';
import { startConformingServer } from './conforming-server.js';
import { codeOf, publicUrl, startBroker, type Broker } from './harness.js';
import { ownConnectors } from './own-connectors.js';

const keys = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
const pem = (key: KeyObject) => new Secret(key.export({ type: 'pkcs8', format: 'pem' }) as string);
const secret = 'a secret with : and % of forty characters';

const kinds = {
  by_basic: { method: 'client_secret_basic', proof: { clientSecret: new Secret(secret) } },
  by_post: { method: 'client_secret_post', proof: { clientSecret: new Secret(secret) } },
  by_rsa: { method: 'private_key_jwt', proof: { privateKey: pem(keys.rsa.privateKey), keyId: 'rsa-1' } },
  by_ec: { method: 'private_key_jwt', proof: { privateKey: pem(keys.ec.privateKey), keyId: 'ec-1' } },
  by_issuer: { method: 'private_key_jwt', proof: { privateKey: pem(keys.ec.privateKey), keyId: 'ec-1' }, client_assertion: { audience: 'issuer' } },
} as const;
type Kind = keyof typeof kinds;
const ids = Object.keys(kinds) as Kind[];

let server: Awaited<ReturnType<typeof startConformingServer>>;
let own: Awaited<ReturnType<typeof ownConnectors>>;
let broker: Broker;
let egress: Egress;
beforeAll(async () => {
  const jwks = { keys: [{ ...keys.rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig' }, { ...keys.ec.publicKey.export({ format: 'jwk' }), kid: 'ec-1', use: 'sig' }] };
  server = await startConformingServer(
    ids.map((id) => ({
      client_id: id,
      redirect_uris: [`${publicUrl}/api/connectors/${id}/callback`],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: kinds[id].method,
      ...(kinds[id].method === 'private_key_jwt' ? { token_endpoint_auth_signing_alg: id === 'by_rsa' ? 'RS256' : 'ES256' } : { client_secret: secret }),
    })),
    jwks,
  );
  own = await ownConnectors(
    Object.fromEntries(
      ids.map((id) => {
        const { method, ...more } = kinds[id];
        const assertion = 'client_assertion' in more ? { client_assertion: more.client_assertion } : {};
        return [id, { oauth: { discovery: { issuer: '{{settings.sandbox_url}}' }, scopes: ['openid', 'offline_access', 'crm.read'], client_authentication: method, authorize_params: { prompt: 'consent' }, ...assertion } }];
      }),
    ),
  );
  broker = await startBroker({ TRUNKLINE_SANDBOX_URL: server.url, TRUNKLINE_EGRESS_ALLOW: server.authority, TRUNKLINE_CATALOG_FOLDERS: own.folder });
  egress = egressFrom({ egressAllow: [server.authority], egressConnectTo: [], egressResolver: [] });
  for (const id of ids) await broker.putApp({ connector: id, clientId: id, clientSecret: undefined, ...kinds[id].proof });
});
afterAll(async () => {
  await egress?.close();
  await broker?.stop();
  await own?.remove();
  await server?.close();
});

const walkTo = async (connector: Kind) => {
  const walk = await broker.start({ connector });
  const back = new URL(await new Browser().consent(walk.authorizationUrl));
  return { walk, query: Object.fromEntries(back.searchParams) };
};
const grantOf = (connectionId: string) => {
  const put = broker.puts.find((each) => each.connectionId === connectionId);
  if (put?.credential.type !== 'OAUTH2') throw new Error('no grant');
  return put.credential;
};

describe.each(ids)('a conforming server found by its issuer: %s', (connector) => {
  it('consent, exchange, rotation and revocation', async () => {
    const { walk, query } = await walkTo(connector);
    expect(walk.url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(query.iss).toBe(server.url);
    await broker.complete(walk, query, { connector });
    const grant = grantOf(walk.connectionId);

    // What the keeper does later, with what is revealed to it.
    const app = await broker.reveal(grant.oauthAppId);
    const target: Target = { connector: loadCatalog({ settings: { sandbox_url: server.url }, folders: [own.folder] }).get(connector), inputs: {}, settings: { sandbox_url: server.url } };
    const refresh = (refreshToken: Secret) => requestToken({ ...target, egress, app, grant: { grantType: 'refresh_token', refreshToken } });
    const renewed = await refresh(grant.refreshToken!);
    if (renewed.kind !== 'granted') throw new Error(renewed.message);
    expect(renewed.refreshToken?.reveal()).not.toBe(grant.refreshToken!.reveal());
    expect(await revokeToken({ ...target, egress, app, token: renewed.refreshToken!, tokenTypeHint: 'refresh_token' })).toEqual({ kind: 'revoked' });
    expect(await refresh(renewed.refreshToken!)).toMatchObject({ kind: 'refused', class: 'reauth' });
  });

  it('an answer that does not name the issuer, or another one, is not exchanged', async () => {
    for (const forge of [({ iss: _, ...query }: Record<string, string>) => query, (query: Record<string, string>) => ({ ...query, iss: `${server.url}/` })]) {
      const { walk, query } = await walkTo(connector);
      const before = await server.tokenRequests();
      expect(await codeOf(broker.complete(walk, forge(query), { connector }))).toBe('AUTHORIZATION_STATE_INVALID');
      expect(await server.tokenRequests()).toBe(before);
    }
  });
});

it('the key of an app is sealed, revealed to the keeper alone and never shown', async () => {
  const app = await broker.putApp({ connector: 'by_ec', clientId: 'by_ec', clientSecret: undefined, ...kinds.by_ec.proof });
  expect(JSON.stringify(app)).not.toContain('PRIVATE KEY');
  const revealed = await broker.reveal(app.id);
  expect([revealed.clientSecret, revealed.keyId]).toEqual([null, 'ec-1']);
  expect(revealed.privateKey?.reveal()).toBe(kinds.by_ec.proof.privateKey.reveal());
  const [row] = await broker.database.query<{ all: string }>('SELECT o::text AS all FROM oauth.oauth_app o WHERE id = $1', [app.id]);
  const body = kinds.by_ec.proof.privateKey.reveal().split('\n')[1]!;
  expect(row!.all).not.toContain(body);
  expect(row!.all).not.toContain(Buffer.from(body).toString('hex'));
});

it.each([
  ['a secret where a key is asked for', 'by_ec', { clientSecret: new Secret('x'), privateKey: undefined, keyId: undefined }],
  ['both', 'by_ec', { clientSecret: new Secret('x') }],
  ['neither', 'by_ec', { privateKey: undefined, keyId: undefined }],
  ['a key where a secret is asked for', 'by_basic', { clientSecret: undefined, privateKey: pem(keys.ec.privateKey) }],
  ['what is no key', 'by_ec', { privateKey: new Secret('-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----') }],
  ['a key of a curve nobody verifies', 'by_ec', { privateKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey) }],
] as const)('an app is refused with %s', async (_, connector, over) => {
  expect(await codeOf(broker.putApp({ connector, clientId: connector, clientSecret: undefined, ...kinds[connector].proof, ...over }))).toBe('VALIDATION');
});
