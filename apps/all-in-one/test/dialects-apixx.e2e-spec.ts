import { Browser } from '@trunkline/testing';
import { shown, startDialectWorld, type AppConnection, type DialectWorld, type Member, type Page } from './dialect-world.js';

/** What the apixx reference describes: life cycle, methods, scopes, rotation, catalog. */
describe('a client of apixx', () => {
  let world: DialectWorld;
  let vendors: DialectWorld['vendors'];
  let stack: DialectWorld['stack'];
  let run: DialectWorld['run'];
  let newMember: DialectWorld['newMember'];
  let newProject: DialectWorld['newProject'];
  let projectId: string;
  let who: Member;
  const call = <Body>(method: string, path: string, body?: unknown) => stack.call<Body>(method, path, { headers: { authorization: `Bearer ${who.session}` }, body });
  interface Profile {
    id: string;
    status: string;
  }
  let us: AppConnection;

  beforeAll(async () => {
    world = await startDialectWorld('apixx');
    ({ vendors, stack, run, newMember, newProject } = world);
    projectId = (await newProject()).id;
    who = await newMember(projectId, 'ADMIN');
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  it('the catalog, filtered by category', () =>
    run('GET /api/v1/connectors?category=', async () => {
      const counts: string[] = [];
      for (const category of ['commerce', 'erp', 'marketing', 'finance', 'custom']) {
        const { status, body } = await call<{ connectors: Record<string, unknown>[] }>('GET', `/api/v1/connectors?category=${category}`);
        expect(status).toBe(200);
        expect(body.connectors.length).toBeGreaterThan(0);
        for (const connector of body.connectors) expect(Object.keys(connector)).toEqual(expect.arrayContaining(['id', 'name', 'category', 'authMethods', 'inputs', 'latency', 'rateLimit']));
        counts.push(`${category} ${body.connectors.length}`);
      }
      return counts.join(', ');
    }));

  it('many profiles of one system', () =>
    run('Shopify · US store and Shopify · EU store', async () => {
      const create = (externalId: string, displayName: string) =>
        call<AppConnection>('POST', '/api/v1/app-connections', { displayName, pieceName: 'shopify', type: 'SECRET_TEXT', externalId, value: { type: 'SECRET_TEXT', secret_text: vendors.keyFor('shopify') }, inputs: { shop: 'acme' } });
      const [american, european] = [await create('us', 'Shopify · US store'), await create('eu', 'Shopify · EU store')];
      if (american.status !== 201) throw new Error(JSON.stringify(american.body));
      expect([american.status, european.status]).toEqual([201, 201]);
      expect(american.body.id).not.toBe(european.body.id);
      us = american.body;
      return '201, 201';
    }));

  it('disable and enable', () =>
    run('POST …/disable, …/enable', async () => {
      expect((await call<Profile>('POST', `/api/v1/app-connections/${us.id}/disable`, {})).body.status).toBe('disabled');
      const { key } = await world.asAdmin<{ key: string }>('/api/v1/api-keys', { projectId, displayName: 'Service', scopes: ['tokens:resolve'] });
      const refused = await stack.call('POST', `/api/v1/app-connections/${us.id}/token`, { key, body: {} });
      expect([refused.status, refused.body.code]).toEqual([409, 'CONNECTION_DISABLED']);
      expect((await call<Profile>('POST', `/api/v1/app-connections/${us.id}/enable`, {})).body.status).toBe('active');
      expect((await stack.call('POST', `/api/v1/app-connections/${us.id}/token`, { key, body: {} })).status).toBe(200);
      return 'disabled: token 409; enabled: token 200';
    }));

  it('health: the last five calls; degraded and back', () =>
    run('GET …/health, forced recompute', async () => {
      const { key } = await world.asAdmin<{ key: string }>('/api/v1/api-keys', { projectId, displayName: 'Reporter', scopes: ['tokens:resolve', 'connections:write'] });
      const report = (outcome: string) => stack.call('POST', `/api/v1/app-connections/${us.id}/calls`, { key, body: { outcome } });
      expect((await report('failed')).status).toBe(204);
      expect((await stack.call('POST', '/api/v1/app-connections/recompute', { key, body: {} })).status).toBe(200);
      const bad = await call<{ status: string; calls: { outcome: string }[] }>('GET', `/api/v1/app-connections/${us.id}/health`);
      expect([bad.body.status, bad.body.calls[0]!.outcome]).toEqual(['degraded', 'failed']);
      for (let index = 0; index < 5; index += 1) await report('succeeded');
      await stack.call('POST', '/api/v1/app-connections/recompute', { key, body: {} });
      const good = await call<{ status: string; calls: unknown[] }>('GET', `/api/v1/app-connections/${us.id}/health`);
      expect([good.body.status, good.body.calls.length]).toEqual(['active', 5]);
      return 'failed call → degraded; five good ones → active';
    }));

  it('reconnecting and rotating a key: verified before the old one goes', () =>
    run('POST …/reconnect, …/rotate (key)', async () => {
      const wrong = await call<{ code: string }>('POST', `/api/v1/app-connections/${us.id}/rotate`, { value: { type: 'SECRET_TEXT', secret_text: 'not-the-key' } });
      expect([wrong.status, wrong.body.code]).toEqual([400, 'INVALID_APP_CONNECTION']);
      expect((await call<Profile>('POST', `/api/v1/app-connections/${us.id}/verify`, {})).status).toBe(200);
      const rotated = await call<Profile>('POST', `/api/v1/app-connections/${us.id}/rotate`, { value: { type: 'SECRET_TEXT', secret_text: vendors.keyFor('shopify') }, expires: new Date(Date.now() + 90 * 86_400_000).toISOString() });
      const again = await call<Profile>('POST', `/api/v1/app-connections/${us.id}/reconnect`, { value: { type: 'SECRET_TEXT', secret_text: vendors.keyFor('shopify') } });
      expect([rotated.status, again.status]).toEqual([200, 200]);
      return 'wrong key 400, the old one works on; right key 200';
    }));

  it('reconnecting by OAuth keeps the id; scopes can be audited and expanded', () =>
    run('POST …/reconnect (OAuth), GET …/scopes', async () => {
      const browser = new Browser();
      const start = await browser.request(`${stack.url}/api/connectors/hubspot/auth`, { headers: { authorization: `Bearer ${who.session}` } });
      const done = (await (await world.consent(browser, start.headers.get('location')!)).json()) as { connectionId: string };
      const scopes = await call<{ granted: string[]; missing: string[] }>('GET', `/api/v1/app-connections/${done.connectionId}/scopes`);
      expect(scopes.body.granted.length).toBeGreaterThan(0);
      expect(scopes.body.missing).toEqual([]);
      const again = await browser.request(`${stack.url}/api/v1/app-connections/${done.connectionId}/reconnect`, {
        method: 'POST', headers: { authorization: `Bearer ${who.session}`, 'content-type': 'application/json' }, body: JSON.stringify({ scopes: ['crm.objects.deals.read'] }),
      });
      const { authorizationUrl } = (await again.json()) as { authorizationUrl: string };
      expect(new URL(authorizationUrl).searchParams.get('scope')).toContain('crm.objects.deals.read');
      const back = (await (await world.consent(browser, authorizationUrl)).json()) as { connectionId: string };
      expect(back.connectionId).toBe(done.connectionId);
      const wider = await call<{ granted: string[] }>('GET', `/api/v1/app-connections/${done.connectionId}/scopes`);
      expect(wider.body.granted).toContain('crm.objects.deals.read');
      return `same id; granted ${scopes.body.granted.length} → ${wider.body.granted.length} scopes`;
    }));

  it('records who did it in the audit log, intact', () =>
    run('GET /api/v1/audit, …/verify, …/export', async () => {
      const { status, body } = await call<Page<{ action: string; actor: { userId: string | null }; target: { id: string } }>>('GET', `/api/v1/audit?targetId=${us.id}&limit=100`);
      expect(status).toBe(200);
      const mine = body.data.filter(({ actor }) => actor.userId === who.userId).map(({ action }) => action);
      for (const action of ['connection.created', 'connection.disabled', 'connection.enabled', 'connection.rotated', 'connection.reconnected']) expect(mine).toContain(action);
      const chain = await stack.call<{ intact: boolean; entries: number }>('GET', `/api/v1/audit/verify?platformId=${world.platformId}`, { key: stack.adminKey });
      expect(chain.body).toMatchObject({ intact: true });
      const exported = await fetch(`${stack.url}/api/v1/audit/export`, { headers: { authorization: `Bearer ${who.session}` } });
      const lines = (await exported.text()).trim().split('\n').map((line) => JSON.parse(line) as { id: string });
      expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
      return `${mine.length} entries of the admin; chain of ${chain.body.entries} intact; ${lines.length} exported`;
    }));

  it('egress addresses and refresh health', () =>
    run('GET /api/v1/egress-addresses, /api/v1/health/refresh', async () => {
      const addresses = await call('GET', '/api/v1/egress-addresses');
      expect(JSON.stringify(addresses.body)).toContain('192.0.2.10');
      const refresh = await call('GET', '/api/v1/health/refresh');
      expect([addresses.status, refresh.status]).toEqual([200, 200]);
      return shown(200, refresh.body);
    }));

  it('a flow binds to exactly one source profile', () =>
    run('GET …/usage', async () => {
      const flow = await call<{ id: string; code: string }>('POST', '/api/v1/flows', { displayName: 'US to warehouse', connectionId: us.id });
      if (flow.status !== 201) throw new Error(JSON.stringify(flow.body));
      const usage = await call<{ flowIds: string[] }>('GET', `/api/v1/app-connections/${us.id}/usage`);
      expect(usage.body.flowIds).toEqual([flow.body.id]);
      return '201; usage names it';
    }));
});
