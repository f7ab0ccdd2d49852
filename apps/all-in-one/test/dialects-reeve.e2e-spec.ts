import { Browser, waitFor } from '@trunkline/testing';
import { returnUrl, shown, startDialectWorld, type DialectWorld, type Member } from './dialect-world.js';

/** What a system must be told besides the credential, where it cannot be connected without it. */
const inputsOf: Readonly<Record<string, Record<string, string>>> = {
  shopify: { shop: 'acme' },
  zendesk: { subdomain: 'acme', email: 'agent@example.com' },
  gorgias: { subdomain: 'acme', email: 'agent@example.com' },
  mailchimp: { dc: 'us6' },
};

/** Every call of the reeve reference. */
describe('a client of reeve', () => {
  let world: DialectWorld;
  let vendors: DialectWorld['vendors'];
  let stack: DialectWorld['stack'];
  let run: DialectWorld['run'];
  let newMember: DialectWorld['newMember'];
  let newProject: DialectWorld['newProject'];
  let projectId: string;
  let who: Member;
  let mate: Member;
  const asPerson = <Body>(method: string, path: string, body?: unknown, person: Member = who) =>
    stack.call<Body>(method, path, { headers: { authorization: `Bearer ${person.session}` }, body });

  beforeAll(async () => {
    world = await startDialectWorld('reeve');
    ({ vendors, stack, run, newMember, newProject } = world);
    projectId = (await newProject()).id;
    who = await newMember(projectId);
    mate = await newMember(projectId);
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  it.each([
    ['meta', 'https://www.facebook.com', /scope=[^&]*ads_management/],
    ['google', 'https://accounts.google.com', /scope=[^&]*adwords/],
    ['tiktok', 'https://business-api.tiktok.com', /state=/],
    ['shopify', 'https://acme.myshopify.com', /scope=[^&]*read_products/],
    ['github', 'https://github.com', /scope=[^&]*repo/],
  ])('GET /api/oauth/%s/authorize and its callback', (provider, origin, mentions) =>
    run(`GET /api/oauth/${provider}/authorize → callback`, async () => {
      const browser = new Browser();
      const inputs = new URLSearchParams(inputsOf[provider]).toString();
      const start = await browser.request(`${stack.url}/api/oauth/${provider}/authorize?redirect_uri=${returnUrl}${inputs === '' ? '' : `&${inputs}`}`, { headers: { authorization: `Bearer ${who.session}` } });
      const { auth_url: authUrl } = (await start.json()) as { auth_url: string };
      expect([start.status, new URL(authUrl).origin]).toEqual([200, origin]);
      expect(authUrl).toMatch(mentions);
      expect(authUrl).toMatch(/client_id=|app_id=/);
      const done = await world.consent(browser, authUrl);
      const body = (await done.json()) as Record<string, unknown>;
      expect([done.status, body]).toMatchObject([200, { connected: true, provider }]);
      expect(body).toHaveProperty('account_name');
      return shown(done.status, body);
    }),
  );

  it.each(['stripe', 'posthog', 'klaviyo', 'gorgias', 'zendesk', 'vercel', 'railway', 'figma'])('POST /api/connectors/connect, %s', (provider) =>
    run(`POST /api/connectors/connect (${provider})`, async () => {
      const inputs = inputsOf[provider] === undefined ? {} : { inputs: inputsOf[provider] };
      const wrong = await asPerson<{ code: string }>('POST', '/api/connectors/connect', { provider, api_key: 'sk_live_...', ...inputs });
      expect([wrong.status, wrong.body.code]).toEqual([400, 'INVALID_APP_CONNECTION']);
      const { status, body } = await asPerson('POST', '/api/connectors/connect', { provider, api_key: vendors.keyFor(provider), ...inputs });
      expect([status, body]).toMatchObject([200, { connected: true, provider }]);
      return shown(status, body);
    }),
  );

  it('validates a Stripe key as documented: by retrieving the balance', () =>
    run('  … its validation call', async () => {
      const asked = vendors.requests().filter(({ host }) => host === 'api.stripe.com');
      expect(asked.map(({ method, path }) => `${method} ${path}`)).toContain('GET /v1/balance');
      return `GET /v1/balance ×${asked.length}`;
    }));

  it('GET /api/connectors/list', () =>
    run('GET /api/connectors/list', async () => {
      const { status, body } = await asPerson<{ connections: Record<string, unknown>[] }>('GET', '/api/connectors/list');
      const by = Object.fromEntries(body.connections.map((connection) => [connection.provider as string, connection]));
      expect(by.meta).toMatchObject({ provider: 'meta', type: 'oauth', status: 'connected', account: expect.any(String) as string });
      expect(by.stripe).toMatchObject({ provider: 'stripe', type: 'api_key', status: 'connected' });
      return shown(status, body.connections.slice(0, 1));
    }));

  it('POST /api/connectors/{provider}/refresh', () =>
    run('POST /api/connectors/{provider}/refresh', async () => {
      const { status, body } = await asPerson('POST', '/api/connectors/google/refresh');
      expect([status, body]).toMatchObject([200, { refreshed: true, provider: 'google' }]);
      return shown(status, body);
    }));

  it('resolves a token for a service: resolveConnectorToken("stripe", userId)', () =>
    run('POST /api/connectors/{provider}/token', async () => {
      const { key: service } = await world.asAdmin<{ key: string }>('/api/v1/api-keys', { projectId, displayName: 'Gateway', scopes: ['tokens:resolve'] });
      const resolve = (provider: string, userId: string) => stack.call<{ token: string; code: string }>('POST', `/api/connectors/${provider}/token`, { headers: { 'x-reeve-services-token': service }, body: { userId } });
      const { status, body } = await resolve('stripe', who.userId);
      expect([status, body.token]).toEqual([200, vendors.keyFor('stripe')]);
      const meta = await resolve('meta', who.userId);
      expect(meta.status).toBe(200);
      const other = await resolve('stripe', mate.userId);
      expect([other.status, other.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
      const person = await asPerson<{ code: string }>('POST', '/api/connectors/stripe/token', {});
      expect([person.status, person.body.code]).toEqual([403, 'AUTHORIZATION']);
      return '200; another user 404; a person 403';
    }));

  it('keeps each member\'s connections apart and aggregates the team', () =>
    run('GET /api/connectors/list?team=true', async () => {
      await asPerson('POST', '/api/connectors/connect', { provider: 'stripe', api_key: vendors.keyFor('stripe') }, mate);
      const own = await asPerson<{ connections: { userId: string }[] }>('GET', '/api/connectors/list', undefined, mate);
      expect(own.body.connections.map(({ userId }) => userId)).toEqual([mate.userId]);
      const team = await asPerson<{ connections: { userId: string; provider: string }[] }>('GET', '/api/connectors/list?team=true', undefined, mate);
      const stripes = team.body.connections.filter(({ provider }) => provider === 'stripe').map(({ userId }) => userId);
      expect(stripes.sort()).toEqual([who.userId, mate.userId].sort());
      return `own ${own.body.connections.length}, team ${team.body.connections.length}`;
    }));

  it('DELETE /api/connectors/{provider}', () =>
    run('DELETE /api/connectors/{provider}', async () => {
      const { status, body } = await asPerson('DELETE', '/api/connectors/stripe');
      expect(status).toBe(200);
      const team = await asPerson<{ connections: { userId: string; provider: string }[] }>('GET', '/api/connectors/list?team=true');
      expect(team.body.connections.filter(({ provider }) => provider === 'stripe').map(({ userId }) => userId)).toEqual([mate.userId]);
      return shown(status, body);
    }));

  it('shows a grant that is gone as disconnected', () =>
    run('  … status disconnected', async () => {
      // TikTok gives no refresh token: when the access token dies only the person can help.
      vendors.expireTokens('tiktok_ads');
      const list = await asPerson<{ connections: { id: string; provider: string }[] }>('GET', '/api/connectors/list');
      const gone = list.body.connections.find(({ provider }) => provider === 'tiktok')!;
      const verified = await stack.call<{ outcome: string }>('POST', `/api/v1/app-connections/${gone.id}/verify`, { key: who.key, body: {} });
      expect([verified.status, verified.body.outcome]).toEqual([200, 'rejected']);
      const after = await waitFor(async () => {
        const { body } = await asPerson<{ connections: { id: string; status: string }[] }>('GET', '/api/connectors/list');
        const found = body.connections.find(({ id }) => id === gone.id);
        return found?.status === 'disconnected' && found;
      }, { what: 'it to be disconnected' });
      return after.status;
    }));
});
