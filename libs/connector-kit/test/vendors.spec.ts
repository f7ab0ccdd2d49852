import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Secret } from '@trunkline/contracts';
import { authMethodsOf, loadCatalog } from '@trunkline/catalog';
import { egressFrom } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import { startVendors } from '@trunkline/testing';
import type { Vendors } from '@trunkline/testing';
import { authorizeEndpoint, authorizeParams, captureFromCallback, expectedIssuer, requestToken, revokeToken, scopesFor, signAssertion, verifyCredential } from '../src/index.js';
import type { Credential, Grant, TokenOutcome } from '../src/index.js';

const settings = {};
const catalog = loadCatalog({ settings });
const redirectUri = 'https://connect.example.com/api/v1/oauth/callback';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What a person types in; everything else is brought by the walk. */
const typed: Record<string, Record<string, string>> = {
  shopify: { shop: 'acme' },
  gorgias: { subdomain: 'acme' },
  zendesk: { subdomain: 'acme' },
  netsuite: { account_host: '1234567' },
  custom_rest: { base_url: 'https://api.acme.example/v1', verification_path: 'me' },
  custom_graphql: { endpoint: 'https://api.acme.example/graphql' },
  soap_basic: { endpoint_url: 'https://api.acme.example/soap/orders' },
};
/** What a person types in where no walk brings it. */
const typedWithKey: Record<string, Record<string, string>> = {
  google_ads: { customer_id: '1234567890' },
  google_analytics: { property_id: '2000' },
  meta_ads: { ad_account_id: 'act_1001' },
  mailchimp: { dc: 'us6' },
  gorgias: { email: 'agent@example.com' },
  zendesk: { email: 'agent@example.com' },
};

/** Connectors that lead to a vendor: not the sandbox, whose own server is used elsewhere, nor those that have one of their own in other tests. */
const ids = catalog.list().filter(({ id, verification }) => id !== 'custom_oidc_jwt' && (verification.protocol ?? 'http') === 'http').map(({ id }) => id);
const withMethod = (method: string) => ids.filter((id) => Object.hasOwn(catalog.get(id).auth, method));

describe('the vendors', () => {
  let vendors: Vendors;
  let egress: Egress;
  beforeAll(async () => {
    vendors = await startVendors();
    vendors.trust(rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string);
    egress = egressFrom({
      egressAllow: [],
      egressConnectTo: vendors.environment.TRUNKLINE_EGRESS_CONNECT_TO.split(','),
      egressResolver: [],
      egressCaFile: vendors.environment.TRUNKLINE_EGRESS_CA_FILE,
    });
    expect(readFileSync(vendors.environment.TRUNKLINE_EGRESS_CA_FILE, 'utf8')).toBe(vendors.caPem);
  });
  afterAll(async () => {
    await egress.close();
    await vendors.close();
  });

  const verify = (id: string, inputs: Record<string, string>, credential: Credential) =>
    verifyCredential({ egress, connector: catalog.get(id), inputs, settings, credential });

  describe('keys', () => {
    const credentialOf = (method: string, key: string): Credential => {
      const secret = new Secret(key);
      if (method === 'SECRET_TEXT') return { type: 'SECRET_TEXT', secretText: secret };
      if (method === 'BASIC_AUTH') return { type: 'BASIC_AUTH', username: 'agent@example.com', password: secret };
      return { type: 'CUSTOM_AUTH', props: { api_key: secret } };
    };
    const cases = ids.flatMap((id) => authMethodsOf(catalog.get(id)).filter((method) => ['SECRET_TEXT', 'BASIC_AUTH', 'CUSTOM_AUTH'].includes(method)).map((method) => [id, method] as const));

    it.each(cases)('%s by %s: the good one is verified, a wrong one is not', async (id, method) => {
      const inputs = { ...typed[id], ...typedWithKey[id] };
      expect(await verify(id, inputs, credentialOf(method, vendors.keyFor(id)))).toMatchObject({ kind: 'verified' });
      expect(await verify(id, inputs, credentialOf(method, 'wrong-key'))).toMatchObject({ kind: 'rejected' });
    });

    it('say which input is missing where no walk brings it', async () => {
      expect(await verify('mailchimp', {}, credentialOf('SECRET_TEXT', vendors.keyFor('mailchimp')))).toEqual({ kind: 'rejected', status: null, message: 'Mailchimp: "dc" (Data centre) is missing' });
      expect(await verify('zendesk', typed['zendesk']!, credentialOf('SECRET_TEXT', vendors.keyFor('zendesk')))).toEqual({
        kind: 'rejected',
        status: null,
        message: 'the credential for Zendesk is a password; it needs the input "email" beside it',
      });
    });
  });

  describe('OAuth', () => {
    const appFor = (id: string) => ({ clientId: vendors.app.clientId, clientSecret: catalog.get(id).auth.OAUTH2!.clientAuthentication === 'none' ? null : new Secret(vendors.app.clientSecret) });
    const ask = (id: string, inputs: Record<string, string>, grant: Grant, app = appFor(id)) => requestToken({ egress, connector: catalog.get(id), inputs, settings, app, grant });
    const granted = (outcome: TokenOutcome) => {
      if (outcome.kind !== 'granted') throw new Error(outcome.message);
      return outcome;
    };
    const bearer = (token: Secret): Credential => ({ type: 'OAUTH2', accessToken: token, tokenType: 'Bearer' });

    /** The walk up to the callback, as the broker makes it. */
    function walk(id: string, inputs: Record<string, string>) {
      const connector = catalog.get(id);
      const oauth = connector.auth.OAUTH2!;
      const codeVerifier = oauth.pkce === 'unsupported' ? undefined : randomBytes(32).toString('base64url');
      const state = randomBytes(32).toString('base64url');
      const url = new URL(authorizeEndpoint(connector, inputs, settings));
      const idName = oauth.tokenRequest.parameterNames.client_id ?? 'client_id';
      const scopes = scopesFor(connector);
      const query = {
        ...authorizeParams(connector),
        response_type: 'code',
        [idName]: vendors.app.clientId,
        redirect_uri: redirectUri,
        state,
        ...(scopes.length > 0 && { scope: scopes.join(oauth.scopeSeparator) }),
        ...(codeVerifier !== undefined && { code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'), code_challenge_method: 'S256' }),
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const back = new URL(vendors.visit(url.href));
      expect(back.origin + back.pathname).toBe(redirectUri);
      expect(back.searchParams.get('state')).toBe(state);
      const issuer = expectedIssuer(connector, inputs, settings);
      if (issuer !== null) expect(back.searchParams.get('iss')).toBe(issuer);
      const answer = Object.fromEntries(back.searchParams);
      const grant: Grant = { grantType: 'authorization_code', code: answer['code'] ?? '', redirectUri, codeVerifier };
      return { grant, brought: captureFromCallback(connector, answer) };
    }

    it.each(withMethod('OAUTH2'))('%s: code, verification, refresh, revocation', async (id) => {
      const connector = catalog.get(id);
      const oauth = connector.auth.OAUTH2!;
      const { grant, brought } = walk(id, typed[id] ?? {});
      const first = granted(await ask(id, typed[id] ?? {}, grant));
      const inputs = { ...brought, ...first.captured, ...typed[id] };
      expect(await ask(id, inputs, grant)).toMatchObject({ kind: 'refused' }); // a code is used once
      expect(await verify(id, inputs, bearer(first.accessToken))).toMatchObject({ kind: 'verified' });
      expect(await verify(id, inputs, bearer(new Secret('wrong-token')))).toMatchObject({ kind: 'rejected' });
      if (first.scopes !== null && id !== 'tiktok_ads') expect(first.scopes).toEqual(scopesFor(connector));

      let last = first;
      if (oauth.refresh.supported) {
        const wrong = await ask(id, inputs, { grantType: 'refresh_token', refreshToken: new Secret('wrong-refresh-token') });
        expect(wrong).toMatchObject({ kind: 'refused', class: 'reauth' });
        // Where the access token itself is exchanged, it must still be alive.
        if (oauth.refresh.grantType === 'refresh_token') {
          vendors.expireTokens(id);
          expect(await verify(id, inputs, bearer(first.accessToken))).toMatchObject({ kind: 'rejected' });
        }
        const used = first.refreshToken!;
        last = granted(await ask(id, inputs, { grantType: 'refresh_token', refreshToken: used }));
        expect(await verify(id, inputs, bearer(last.accessToken))).toMatchObject({ kind: 'verified' });
        const again = await ask(id, inputs, { grantType: 'refresh_token', refreshToken: used });
        expect(again).toMatchObject(oauth.refresh.rotates ? { kind: 'refused', class: 'reauth' } : { kind: 'granted' });
        if (again.kind === 'granted') last = again;
      }

      const takesAccessToken = oauth.revocation?.authenticateWith === 'access_token' || oauth.revocation?.takes === 'access_token';
      const token = takesAccessToken ? last.accessToken : (last.refreshToken ?? first.refreshToken ?? last.accessToken);
      const revoked = await revokeToken({ egress, connector, inputs, settings, app: appFor(id), token, tokenTypeHint: takesAccessToken ? 'access_token' : 'refresh_token' });
      expect(revoked).toEqual({ kind: oauth.revocation === undefined ? 'unsupported' : 'revoked' });
      if (oauth.revocation !== undefined) expect(await verify(id, inputs, bearer(last.accessToken))).toMatchObject({ kind: 'rejected' });
    });

    it.each(withMethod('OAUTH2').filter((id) => catalog.get(id).auth.OAUTH2!.clientAuthentication !== 'none'))('%s: a wrong client secret, code or verifier gives nothing', async (id) => {
      const inputs = typed[id] ?? {};
      const wrong = { clientId: vendors.app.clientId, clientSecret: new Secret('wrong-secret') };
      const refusal = await ask(id, inputs, walk(id, inputs).grant, wrong);
      expect(refusal).toMatchObject({ kind: 'refused', sent: true });
      expect(JSON.stringify(refusal)).not.toContain('wrong-secret');
      expect(await ask(id, inputs, { grantType: 'authorization_code', code: 'wrong-code', redirectUri })).toMatchObject({ kind: 'refused' });
      const { grant } = walk(id, inputs);
      if (grant.grantType === 'authorization_code' && grant.codeVerifier !== undefined) {
        expect(await ask(id, inputs, { ...grant, codeVerifier: randomBytes(32).toString('base64url') })).toMatchObject({ kind: 'refused' });
      }
    });

    it('the client itself, at Zendesk', async () => {
      const { accessToken, refreshToken } = granted(await ask('zendesk', typed['zendesk']!, { grantType: 'client_credentials' }));
      expect(refreshToken).toBeNull();
      expect(await verify('zendesk', typed['zendesk']!, bearer(accessToken))).toMatchObject({ kind: 'verified', account: { id: 'acme' } });
    });

    it('brings what a person need not type', async () => {
      const brought = async (id: string) => {
        const { grant, brought: callback } = walk(id, typed[id] ?? {});
        return { ...callback, ...granted(await ask(id, typed[id] ?? {}, grant)).captured };
      };
      expect(await brought('mailchimp')).toEqual({ dc: 'us6' });
      expect(await brought('quickbooks')).toEqual({ realm_id: '9341450000000001' });
      expect(await brought('tiktok_ads')).toEqual({ advertiser_id: '7000000000000000001' });
      expect(await brought('salesforce')).toEqual({ instance_url: 'https://acme.my.salesforce.com' });
      expect(await brought('meta_ads')).toEqual({ ad_account_id: 'act_1001' });
      expect(await brought('google_analytics')).toEqual({ property_id: '2000' });
    });
  });

  describe('signed assertions', () => {
    const props: Record<string, Record<string, string>> = {
      google_ads: { client_email: 'robot@acme.iam.example', private_key_id: 'k1' },
      google_analytics: { client_email: 'robot@acme.iam.example' },
      netsuite: { client_id: 'integration', certificate_id: 'cert-1' },
    };

    it.each(withMethod('JWT_BEARER'))('%s: the right key is verified, another is not', async (id) => {
      const connector = catalog.get(id);
      const inputs = { ...typed[id], ...typedWithKey[id] };
      const fields = Object.fromEntries(Object.entries(props[id] ?? {}).map(([name, value]) => [name, new Secret(value)]));
      const ask = async (privateKey: typeof rsa.privateKey) => {
        const assertion = await signAssertion({ connector, inputs, settings, props: fields, privateKey });
        return requestToken({ egress, connector, inputs, settings, app: null, grant: { grantType: 'assertion', assertion, props: fields } });
      };
      const outcome = await ask(rsa.privateKey);
      expect(outcome).toMatchObject({ kind: 'granted', scopes: connector.auth.JWT_BEARER!.scopes });
      if (outcome.kind === 'granted') expect(await verify(id, inputs, { type: 'JWT_BEARER', accessToken: outcome.accessToken, tokenType: 'Bearer' })).toMatchObject({ kind: 'verified' });
      expect(await ask(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)).toMatchObject({ kind: 'refused', class: 'reauth' });
    });
  });

  it('take another key and misbehave when they are told to', async () => {
    const stripe = (key: string) => verify('stripe', {}, { type: 'SECRET_TEXT', secretText: new Secret(key) });
    const before = vendors.keyFor('stripe');
    const after = vendors.changeKey('stripe');
    expect([(await stripe(before)).kind, (await stripe(after)).kind, vendors.keyFor('stripe')]).toEqual(['rejected', 'verified', after]);
    vendors.misbehave('stripe', { status: 503, headers: { 'retry-after': '7' } });
    expect(await stripe(after)).toMatchObject({ kind: 'unavailable', retryAfterMs: 7_000 });
    vendors.misbehave('stripe', null);
    expect(await stripe(after)).toMatchObject({ kind: 'verified' });
  });

  it('were asked by their own names, in the handshake too', () => {
    expect(vendors.requests().length).toBeGreaterThan(200);
    expect(vendors.requests().filter(({ host, servername, status }) => host !== servername || status === 421 || status === 404).map(({ host, path, status }) => `${status} ${host}${path}`)).toEqual([]);
  });

  it('look at authorization URLs as the vendor does', () => {
    const url = (change: Record<string, string | null>) => {
      const target = new URL('https://vercel.com/oauth/authorize');
      const query = { response_type: 'code', client_id: vendors.app.clientId, redirect_uri: redirectUri, state: 'x'.repeat(43), code_challenge: 'y'.repeat(43), code_challenge_method: 'S256', ...change };
      for (const [name, value] of Object.entries(query)) if (value !== null) target.searchParams.set(name, value);
      return target.href;
    };
    expect(() => vendors.visit(url({}))).not.toThrow();
    for (const [change, what] of [[{ client_id: 'x' }, 'client'], [{ state: null }, 'state'], [{ redirect_uri: null }, 'redirect_uri'], [{ code_challenge: null }, 'PKCE'], [{ code_challenge_method: 'plain' }, 'S256'], [{ response_type: 'token' }, 'response_type']] as const) {
      expect(() => vendors.visit(url(change as Record<string, string | null>))).toThrow(what);
    }
    expect(() => vendors.visit('https://vercel.com/elsewhere')).toThrow('does not exist');
  });
});
