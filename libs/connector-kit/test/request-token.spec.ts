import { Secret } from '@trunkline/contracts';
import { createEgress } from '@trunkline/egress';
import { authorizeEndpoint, authorizeParams, captureFromCallback, expectedIssuer, ProviderError, requestToken, scopesFor, tokenEndpoint } from '../src/index.js';
import type { GrantedTokens, RefusedTokens, TokenOutcome, TokenRequest } from '../src/index.js';
import { acme, acmeOauth, stream } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';

const good = { access_token: 's3cret-access', token_type: 'Bearer', expires_in: 3600, refresh_token: 's3cret-refresh', scope: 'a b' };

describe('the token endpoint', () => {
  let reply: Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer(() => reply)));
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    reply = { body: good };
  });

  const app = { clientId: 'client', clientSecret: new Secret('s3cret-client') };
  const refreshGrant = { grantType: 'refresh_token', refreshToken: new Secret('s3cret-old') } as const;
  const request = async (more: Partial<TokenRequest> = {}): Promise<TokenOutcome> => {
    const outcome = await requestToken({ egress: server.egress, connector: acme(), inputs: {}, settings: { acme_url: server.origin }, app, grant: refreshGrant, ...more });
    // Whatever it is, printing it tells no secret.
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    return outcome;
  };
  const granted = async (more: Partial<TokenRequest> = {}) => {
    const outcome = await request(more);
    expect(outcome.kind).toBe('granted');
    return outcome as GrantedTokens;
  };

  describe('what an answer means', () => {
    const json = (status: number, body: unknown, headers?: Record<string, string>): Reply => ({ status, body, headers });
    const refused = (refusal: RefusedTokens['class'], more: Partial<RefusedTokens> = {}) => ({ kind: 'refused', class: refusal, sent: true, ...more });

    it.each<[string, Reply, object]>([
      ['500', json(500, { error: 'invalid_grant' }), refused('transient', { status: 500, error: null })],
      ['502 with HTML', json(502, '<html>'), refused('transient', { status: 502 })],
      ['503 with Retry-After', json(503, {}, { 'retry-after': '7' }), refused('transient', { retryAfterMs: 7_000 })],
      ['504', json(504, ''), refused('transient')],
      ['429', json(429, { error: 'invalid_client' }, { 'retry-after': '30' }), refused('transient', { status: 429, retryAfterMs: 30_000 })],
      ['429 without Retry-After', json(429, {}), refused('transient', { retryAfterMs: null })],
      ['429 with a date', json(429, {}, { 'retry-after': new Date(Date.now() + 90_000).toUTCString(), date: new Date().toUTCString() }), refused('transient')],
      ['429 with a negative wait', json(429, {}, { 'retry-after': '-1' }), refused('transient', { retryAfterMs: 1_000 })],
      ['429 with an endless wait', json(429, {}, { 'retry-after': '1000000' }), refused('transient', { retryAfterMs: 3_600_000 })],
      ['408', json(408, {}), refused('transient')],
      ['425', json(425, {}), refused('transient')],
      ['a redirect', json(307, { error: 'invalid_grant' }, { location: '/elsewhere' }), refused('transient', { status: 307 })],
      ['a cut connection', { reset: true }, refused('transient', { status: null })],
      ['HTML with 200', json(200, '<html>ok</html>'), refused('transient', { status: 200 })],
      ['nothing with 200', json(200, ''), refused('transient')],
      ['half of the JSON', json(200, '{"access_token":"s3cret-acc'), refused('transient')],
      ['an array', json(200, [good]), refused('transient')],
      ['null', json(200, 'null'), refused('transient')],

      ['invalid_grant', json(400, { error: 'invalid_grant', error_description: 'token s3cret-old is dead' }), refused('reauth', { status: 400, error: 'invalid_grant' })],
      ['invalid_grant with 401', json(401, { error: 'invalid_grant' }), refused('reauth')],
      ['invalid_grant with 200', json(200, { error: 'invalid_grant', access_token: '' }), refused('reauth', { status: 200 })],
      ['access_denied', json(403, { error: 'access_denied' }), refused('reauth')],
      ['interaction_required', json(400, { error: 'interaction_required' }), refused('reauth')],
      ['invalid_client', json(401, { error: 'invalid_client' }), refused('misconfigured', { error: 'invalid_client' })],
      ['unauthorized_client', json(400, { error: 'unauthorized_client' }), refused('misconfigured')],
      ['invalid_scope', json(400, { error: 'invalid_scope' }), refused('misconfigured')],
      ['invalid_request', json(400, { error: 'invalid_request' }), refused('misconfigured')],
      ['unsupported_grant_type', json(400, { error: 'unsupported_grant_type' }), refused('misconfigured')],
      ['temporarily_unavailable', json(400, { error: 'temporarily_unavailable' }), refused('transient', { error: 'temporarily_unavailable' })],
      ['an unknown code', json(400, { error: 'tuesday' }), refused('transient', { error: 'tuesday' })],
      ['a code that is an inherited name', json(400, { error: 'constructor' }), refused('transient', { error: 'constructor' })],
      ['a code that is a text', json(400, { error: 'The token s3cret-old is wrong' }), refused('transient', { error: null })],
      ['an error object', json(400, { error: { code: 190, type: 'OAuthException', message: 's3cret-old' } }), refused('transient', { error: '190' })],
      ['an error object that says nothing', json(400, { error: {} }), refused('transient', { error: 'unnamed_error' })],
      ['an error beside a token', json(200, { ...good, error: 'invalid_grant' }), refused('reauth')],
      ['400 without a code', json(400, { message: 'no' }), refused('transient', { status: 400, error: null })],
      ['401 without a code', json(401, {}), refused('transient', { status: 401 })],
      ['404', json(404, { message: 'no route' }), refused('transient', { status: 404 })],
      ['200 without a token', json(200, { token_type: 'Bearer' }), refused('transient', { status: 200 })],
      ['200 with an empty token', json(200, { access_token: '' }), refused('transient')],
      ['200 with a token that is no text', json(200, { access_token: { value: 'x' } }), refused('transient')],
      ['200 with a token beyond all measure', json(200, { access_token: 'x'.repeat(65_537) }), refused('transient')],
      ['a token in the prototype', json(200, '{"__proto__":{"access_token":"x"}}'), refused('transient')],

      ['a full grant', json(200, good), { kind: 'granted', tokenType: 'Bearer', expiresInSeconds: 3_600, scopes: ['a', 'b'] }],
      ['201', json(201, good), { kind: 'granted' }],
      ['null and empty errors', json(200, { ...good, error: null }), { kind: 'granted' }],
      ['an empty error', json(200, { ...good, error: '' }), { kind: 'granted' }],
      ['no refresh token', json(200, { access_token: 'a' }), { kind: 'granted', refreshToken: null, scopes: null, expiresInSeconds: null, tokenType: 'Bearer' }],
      ['an empty refresh token', json(200, { ...good, refresh_token: '' }), { kind: 'granted', refreshToken: null }],
      ['a strange token type', json(200, { ...good, token_type: 'x\r\ny' }), { kind: 'granted', tokenType: 'Bearer' }],
      ['scopes as a list', json(200, { ...good, scope: ['a', 4, null] }), { kind: 'granted', scopes: ['a', '4'] }],
      ['scope null', json(200, { ...good, scope: null }), { kind: 'granted', scopes: null }],
      ['an empty scope', json(200, { ...good, scope: '' }), { kind: 'granted', scopes: [] }],
      ['a form', json(200, 'access_token=s3cret&scope=a&token_type=bearer', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }), { kind: 'granted', tokenType: 'bearer' }],
      ['a form with an error', json(200, 'error=invalid_grant', { 'content-type': 'application/x-www-form-urlencoded' }), refused('reauth')],
    ])('%s', async (_, answer, expected) => {
      reply = answer;
      expect(await request()).toMatchObject(expected);
      expect(server.received).toHaveLength(1);
    });

    it.each<[unknown, number | null]>([
      [3600, 3_600],
      ['3600', 3_600],
      [3599.9, 3_599],
      [0, null],
      ['0', null],
      [-1, null],
      [undefined, null],
      [null, null],
      ['', null],
      ['soon', null],
      [true, null],
      [[3600], null],
      [1e300, 315_360_000],
      ['99999999999999999999', 315_360_000],
    ])('expires_in %j lives %s seconds', async (expiresIn, expected) => {
      reply = { body: { ...good, expires_in: expiresIn } };
      expect((await granted()).expiresInSeconds).toBe(expected);
    });

    it('uses the connector\'s lifetime where the provider tells none', async () => {
      reply = { body: { access_token: 'a' } };
      expect((await granted({ connector: acmeOauth({ token_response: { default_expires_in: 7_200 } }) })).expiresInSeconds).toBe(7_200);
    });

    it('knows how old the token is: half the round trip', async () => {
      let answer!: (value: unknown) => void;
      reply = { body: good, after: new Promise((resolve) => (answer = resolve)) };
      const begun = performance.now();
      const waiting = granted();
      setTimeout(answer, 120);
      const { ageMs } = await waiting;
      expect(ageMs).toBeGreaterThan(40);
      expect(ageMs).toBeLessThanOrEqual((performance.now() - begun) / 2);
    });
  });

  describe('what is sent', () => {
    const sent = () => ({ ...Object.fromEntries(new URLSearchParams(server.received[0]?.body)) });

    it('a code with its verifier', async () => {
      await granted({ grant: { grantType: 'authorization_code', code: 'c+/=', redirectUri: 'https://me.test/cb?x=1', codeVerifier: 'verifier' } });
      expect(sent()).toEqual({ grant_type: 'authorization_code', code: 'c+/=', redirect_uri: 'https://me.test/cb?x=1', code_verifier: 'verifier' });
      expect(server.received[0]).toMatchObject({ method: 'POST', target: '/token', headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' } });
    });

    it('a refresh token, and the client by Basic with both parts form-encoded', async () => {
      const tokens = await granted({ app: { clientId: 'a:b c', clientSecret: new Secret('p%ä+:') } });
      expect(sent()).toEqual({ grant_type: 'refresh_token', refresh_token: 's3cret-old' });
      const basic = Buffer.from(server.received[0]?.headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString('utf8');
      expect(basic).toBe('a%3Ab+c:p%25%C3%A4%2B%3A');
      expect(tokens.accessToken.reveal()).toBe('s3cret-access');
      expect(tokens.refreshToken?.reveal()).toBe('s3cret-refresh');
    });

    it('client credentials with the scopes of the connector and its streams', async () => {
      const connector = acmeOauth({ grant_types: ['client_credentials'], scopes: ['base'], scope_separator: ',' });
      await granted({ connector, grant: { grantType: 'client_credentials' } });
      expect(sent()).toEqual({ grant_type: 'client_credentials', scope: 'base' });
    });

    it('id and secret in the body, or the id alone, as the provider wants', async () => {
      await granted({ connector: acmeOauth({ client_authentication: 'client_secret_post' }) });
      expect(sent()).toMatchObject({ client_id: 'client', client_secret: 's3cret-client' });
      expect(server.received[0]?.headers.authorization).toBeUndefined();
      server.received.length = 0;
      await granted({ connector: acmeOauth({ client_authentication: 'none' }), app: { clientId: 'public', clientSecret: null } });
      expect(sent()).toEqual({ grant_type: 'refresh_token', refresh_token: 's3cret-old', client_id: 'public' });
    });

    it('other names, JSON and extra parameters, to another address for refreshing; and reads an envelope', async () => {
      const connector = acmeOauth({
        client_authentication: 'client_secret_post',
        refresh_url: '{{settings.acme_url}}/refresh',
        token_params: { expiring: '1' },
        token_request: { format: 'json', parameter_names: { client_id: 'app_id', client_secret: 'secret', refresh_token: 'renew' } },
        token_response: { access_token: 'data.access_token', scope: 'data.scope', error: 'message', success_when: { path: 'code', equals: 0 } },
        token_errors: { gone: 'reauth' },
      });
      reply = { body: { code: 0, message: 'OK', data: { access_token: 'a', scope: [1, 2] } } };
      expect(await granted({ connector })).toMatchObject({ scopes: ['1', '2'] });
      expect(server.received[0]?.target).toBe('/refresh');
      expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ grant_type: 'refresh_token', renew: 's3cret-old', app_id: 'client', secret: 's3cret-client', expiring: '1' });
      reply = { body: { code: 40105, message: 'gone' } };
      expect(await request({ connector })).toMatchObject({ kind: 'refused', class: 'reauth', error: 'gone' });
      reply = { body: { code: 7, data: { access_token: 'a' } } };
      expect(await request({ connector })).toMatchObject({ kind: 'refused', class: 'transient', error: null });
    });
  });

  it('hands over what the answer brings for the connection, if it fits', async () => {
    const connector = acmeOauth(
      { capture: { token_response: { region: 'instance' } } },
      { inputs: [{ name: 'region', title: 'Region', pattern: '^https://[a-z]+\\.acme\\.test$', filled_by: 'token_response' }] },
    );
    reply = { body: { ...good, instance: 'https://eu.acme.test' } };
    expect((await granted({ connector })).captured).toEqual({ region: 'https://eu.acme.test' });
    reply = { body: { ...good, instance: 'https://evil.test/?.acme.test' } };
    expect((await granted({ connector })).captured).toEqual({});
  });

  describe('what is not sent at all', () => {
    it.each<[string, Partial<TokenRequest>, object]>([
      ['without the secret the method needs', { app: { clientId: 'client', clientSecret: null } }, { class: 'misconfigured' }],
      ['a refresh where there is none', { connector: acmeOauth({ refresh: { supported: false } }) }, { class: 'reauth' }],
    ])('%s', async (_, more, expected) => {
      expect(await request(more)).toMatchObject({ kind: 'refused', sent: false, status: null, ...expected });
      expect(server.received).toHaveLength(0);
    });

    it('to an address the operator does not let out', async () => {
      const closed = createEgress({ allow: [] });
      expect(await request({ egress: closed })).toMatchObject({ class: 'misconfigured', sent: false });
      await closed.close();
    });

    it('where nothing listens', async () => {
      const gone = await startServer(() => ({}));
      const { origin, egress } = gone;
      await gone.close();
      const open = createEgress({ allow: [new URL(origin).host] });
      expect(await request({ egress: open, settings: { acme_url: origin } })).toMatchObject({ class: 'transient', sent: false });
      await Promise.all([open.close(), egress.close()]);
    });
  });

  it('says that a request without an answer in time was sent', async () => {
    reply = { after: new Promise(() => undefined) };
    expect(await request({ timeoutMs: 80 })).toMatchObject({ class: 'transient', sent: true, status: null });
  });

  it('never follows a redirect, which would take code and secret along', async () => {
    const other = await startServer(() => ({ body: good }));
    reply = { status: 308, headers: { location: `${other.origin}/token` } };
    expect(await request()).toMatchObject({ kind: 'refused', class: 'transient', status: 308 });
    expect(other.received).toHaveLength(0);
    await other.close();
  });
});

describe('where a connector\'s OAuth is', () => {
  const settings = { acme_url: 'https://acme.test' };

  it('is told to the broker', () => {
    const connector = acmeOauth(
      { scopes: ['base'], authorize_params: { prompt: 'consent' }, issuer: '{{settings.acme_url}}' },
      {},
    );
    expect(authorizeEndpoint(connector, {}, settings)).toBe('https://acme.test/authorize');
    expect(tokenEndpoint(connector, {}, settings)).toBe('https://acme.test/token');
    expect(expectedIssuer(connector, {}, settings)).toBe('https://acme.test');
    expect(expectedIssuer(acme(), {}, settings)).toBeNull();
    expect(authorizeParams(connector)).toEqual({ prompt: 'consent' });
  });

  it('asks for the scopes of the chosen streams and no more', () => {
    const connector = acme({}, { a: stream({ scopes: ['a.read', 'x'] }), b: stream({ scopes: ['b.read', 'x'] }) });
    expect(scopesFor(connector, ['a'])).toEqual(['a.read', 'x']);
    expect(scopesFor(connector)).toEqual(['a.read', 'x', 'b.read']);
    expect(scopesFor(connector, ['__proto__'])).toEqual([]);
  });

  it('cannot be moved by an input', () => {
    const connector = acmeOauth(
      { token_url: 'https://{{inputs.shop}}.acme.test/token' },
      { inputs: [{ name: 'shop', title: 'Shop', pattern: '^[a-z]+$' }] },
    );
    expect(tokenEndpoint(connector, { shop: 'north' }, settings)).toBe('https://north.acme.test/token');
    for (const shop of ['evil.test/', 'a@evil.test', '', 'x\n']) expect(() => tokenEndpoint(connector, { shop }, settings)).toThrow(ProviderError);
    expect(() => tokenEndpoint(connector, {}, settings)).toThrow('"shop" (Shop) is missing');
    expect(() => tokenEndpoint(connector, { shop: 'north', token_url: 'https://evil.test' }, settings)).toThrow('no input "token_url"');
  });

  it('takes from the callback only what fits', () => {
    const connector = acmeOauth({ capture: { callback: { realm: 'realmId' } } }, { inputs: [{ name: 'realm', title: 'Realm', pattern: '^[0-9]+$', filled_by: 'callback' }] });
    expect(captureFromCallback(connector, { realmId: '123', code: 'x' })).toEqual({ realm: '123' });
    expect(captureFromCallback(connector, { realmId: '../1' })).toEqual({});
    expect(captureFromCallback(connector, {})).toEqual({});
  });
});
