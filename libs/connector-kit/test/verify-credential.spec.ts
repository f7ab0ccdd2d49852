import { Secret } from '@trunkline/contracts';
import { createEgress } from '@trunkline/egress';
import { applyAuth, verifyCredential } from '../src/index.js';
import type { Credential, Verification } from '../src/index.js';
import { acme, bearer, key } from './support/acme.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';

const auth = {
  OAUTH2: {
    authorize_url: '{{settings.acme_url}}/a',
    token_url: '{{settings.acme_url}}/t',
    pkce: 'supported',
    client_authentication: 'none',
    headers: { Authorization: 'Bearer {{credential.access_token}}' },
  },
  SECRET_TEXT: { query: { api_key: '{{credential.secret_text}}' } },
  BASIC_AUTH: { username: '{{credential.username}}/token' },
  CUSTOM_AUTH: {
    fields: [
      { name: 'app_id', title: 'App id' },
      { name: 'app_key', title: 'App key' },
      { name: 'tenant', title: 'Tenant', required: false },
    ],
    headers: { 'X-App': '{{credential.app_id}}', 'X-Key': '{{credential.app_key}}', 'X-Tenant': '{{credential.tenant}}' },
  },
  NO_AUTH: {},
};

describe('verifying a credential', () => {
  let reply: Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer(() => reply)));
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    reply = { body: { account: { id: 42, name: 'Acme Ltd' } } };
  });

  const verify = async (more: Partial<Verification> = {}) => {
    const outcome = await verifyCredential({ egress: server.egress, connector: acme({ auth }), inputs: {}, settings: { acme_url: server.origin }, credential: key('s3cret-key'), ...more });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    return outcome;
  };

  it('tells whose account it is', async () => {
    expect(await verify()).toEqual({ kind: 'verified', account: { id: '42', name: 'Acme Ltd' } });
  });

  it.each<[string, Reply, object]>([
    ['an account that is not named', { body: {} }, { kind: 'verified', account: { id: null, name: null } }],
    ['an account id beyond doubles', { body: '{"account":{"id":9007199254740993}}' }, { kind: 'verified', account: { id: '9007199254740993' } }],
    ['401', { status: 401, body: { message: 's3cret-key is wrong' } }, { kind: 'rejected', status: 401 }],
    ['403', { status: 403 }, { kind: 'rejected', status: 403 }],
    ['404', { status: 404 }, { kind: 'rejected', status: 404 }],
    ['another success than the one expected', { status: 202, body: {} }, { kind: 'rejected', status: 202 }],
    ['429', { status: 429, headers: { 'retry-after': '12' } }, { kind: 'unavailable', retryAfterMs: 12_000 }],
    ['500', { status: 500 }, { kind: 'unavailable', retryAfterMs: null }],
    ['a cut connection', { reset: true }, { kind: 'unavailable' }],
    ['HTML with 200', { body: '<html>' }, { kind: 'unavailable' }],
    ['a redirect', { status: 302, headers: { location: '/login' } }, { kind: 'unavailable' }],
  ])('%s', async (_, answer, expected) => {
    reply = answer;
    expect(await verify()).toMatchObject(expected);
    expect(server.received).toHaveLength(1);
  });

  it('looks at the body where the provider answers 200 to anybody', async () => {
    const verification = { request: { path: '/me' }, checks: [{ path: 'ok', equals: true }, { path: 'user.id', exists: true }] };
    const connector = acme({ auth, verification });
    reply = { body: { ok: true, user: { id: 1 } } };
    expect(await verify({ connector })).toMatchObject({ kind: 'verified' });
    for (const body of [{ ok: false, user: { id: 1 } }, { ok: true, user: { id: null } }, {}]) {
      reply = { body };
      expect(await verify({ connector })).toMatchObject({ kind: 'rejected', status: 200 });
    }
  });

  it('rejects inputs that do not fit, and addresses that are not let out, without a request', async () => {
    expect(await verify({ inputs: { other: 'x' } })).toEqual({ kind: 'rejected', status: null, message: 'Acme: Acme has no input "other"' });
    const closed = createEgress({ allow: [] });
    expect(await verify({ egress: closed })).toMatchObject({ kind: 'rejected', status: null });
    await closed.close();
    expect(server.received).toHaveLength(0);
  });

  it('ends with the signal', async () => {
    await expect(verify({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  describe('puts it where the definition says', () => {
    const custom = (props: Record<string, string>): Credential => ({
      type: 'CUSTOM_AUTH',
      props: Object.fromEntries(Object.entries(props).map(([name, value]) => [name, new Secret(value)])),
    });

    it.each<[string, Credential, { target?: string; headers?: Record<string, string> }]>([
      ['an access token', bearer('abc'), { target: '/api/me', headers: { authorization: 'Bearer abc' } }],
      ['a key in the query, encoded', key('a b&c=d'), { target: '/api/me?api_key=a%20b%26c%3Dd' }],
      ['user and password', { type: 'BASIC_AUTH', username: 'zoë', password: new Secret('p:w') }, { headers: { authorization: `Basic ${Buffer.from('zoë/token:p:w').toString('base64')}` } }],
      ['several fields', custom({ app_id: 'i', app_key: 'k' }), { headers: { 'x-app': 'i', 'x-key': 'k' } }],
      ['nothing', { type: 'NO_AUTH' }, { target: '/api/me' }],
    ])('%s', async (_, credential, expected) => {
      expect(await verify({ credential })).toMatchObject({ kind: 'verified' });
      expect(server.received[0]).toMatchObject(expected);
    });

    const unfit = 'contains characters a header cannot hold';
    it.each<[string, Credential, string]>([
      ['a line break', bearer('abc\r\nX-Evil: 1'), unfit],
      ['NUL', bearer('a\0'), unfit],
      ['characters beyond Latin-1', bearer('ключ'), unfit],
      ['a colon in the user name', { type: 'BASIC_AUTH', username: 'a:b', password: new Secret('p') }, 'has a ":" in the user name'],
      ['a missing field', custom({ app_id: 'i' }), 'lacks "App key"'],
      ['a field that is only inherited', { type: 'CUSTOM_AUTH', props: Object.create({ app_id: new Secret('x'), app_key: new Secret('y') }) as Record<string, Secret> }, 'lacks "App id"'],
    ])('and rejects %s without a request', async (_, credential, why) => {
      expect(await verify({ credential })).toMatchObject({ kind: 'rejected', status: null, message: expect.stringContaining(why) });
      expect(server.received).toHaveLength(0);
    });

    it('rejects a kind of credential the connector does not take', async () => {
      const keyOnly = acme({ auth: { SECRET_TEXT: auth.SECRET_TEXT } });
      expect(await verify({ connector: keyOnly, credential: bearer() })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('OAUTH2') });
    });
  });

  it('treats variables in values as text: nothing is filled in twice', async () => {
    const connector = acme({
      auth,
      inputs: [{ name: 'shop', title: 'Shop' }],
      verification: { request: { path: '/shops/{{inputs.shop}}', query: { q: '{{inputs.shop}}' }, headers: { 'X-Shop': '{{inputs.shop}}' } } },
    });
    await verify({ connector, inputs: { shop: '{{credential.access_token}}' }, credential: bearer('s3cret-token') });
    expect(server.received[0]?.target).toBe('/api/shops/%7B%7Bcredential.access_token%7D%7D?q=%7B%7Bcredential.access_token%7D%7D');
    expect(server.received[0]?.headers['x-shop']).toBe('{{credential.access_token}}');
  });

  it.each(['a\r\nX-Evil: 1', 'a\0b', '\u2028'])('rejects the input %j for a header', async (shop) => {
    const connector = acme({ auth, inputs: [{ name: 'shop', title: 'Shop' }], verification: { request: { path: '/me', headers: { 'X-Shop': '{{inputs.shop}}' } } } });
    expect(await verify({ connector, inputs: { shop } })).toMatchObject({ kind: 'rejected', status: null, message: expect.stringContaining('characters a header cannot hold') });
    expect(server.received).toHaveLength(0);
  });
});

describe('adding a credential to a request', () => {
  const target = { connector: acme({ auth }), inputs: {}, settings: { acme_url: 'https://acme.test' } };

  it('keeps the other headers', () => {
    expect(applyAuth({ ...target, credential: bearer('abc'), url: 'https://acme.test/api/x?y=1', headers: { accept: 'text/csv' } })).toEqual({
      url: 'https://acme.test/api/x?y=1',
      headers: { accept: 'text/csv', authorization: 'Bearer abc' },
    });
  });

  it('puts a key in the query in the place of one that is there, and leaves the rest as it is written', () => {
    const authorized = (url: string) => applyAuth({ ...target, credential: key('k y'), url }).url;
    expect(authorized('https://acme.test/x?q=a%20b')).toBe('https://acme.test/x?q=a%20b&api_key=k%20y');
    expect(authorized('https://acme.test/x?api_key=old&q=1')).toBe('https://acme.test/x?q=1&api_key=k%20y');
  });

  it.each(['https://evil.test/', 'http://acme.test/', 'https://acme.test:8443/', 'https://acme.test.evil.test/', 'https://acme.test@evil.test/', 'https://sub.acme.test/'])(
    'refuses %s, which is not one of the allowed origins',
    (url) => {
      expect(() => applyAuth({ ...target, credential: bearer('abc'), url })).toThrow('must not carry the credential');
    },
  );
});
