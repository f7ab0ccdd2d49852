import { Browser, waitFor } from '@trunkline/testing';
import { returnUrl, shown, startDialectWorld, type DialectWorld, type Member } from './dialect-world.js';
import { runCurl } from './documented-curl.js';

interface StreamOfSync {
  status: string;
  pages: number;
  records: number;
  quarantined: number;
  error: { code: string } | null;
}

/** Every call of the apex reference, with its own words and values, one by one: host and key are all that differs. */
describe('a client of apex', () => {
  let world: DialectWorld;
  let vendors: DialectWorld['vendors'];
  let stack: DialectWorld['stack'];
  let run: DialectWorld['run'];
  let newMember: DialectWorld['newMember'];
  let newProject: DialectWorld['newProject'];
  let projectId: string;
  let who: Member;
  let curl: (line: string) => ReturnType<typeof runCurl>;

  beforeAll(async () => {
    world = await startDialectWorld('apex');
    ({ vendors, stack, run, newMember, newProject } = world);
    projectId = (await newProject()).id;
    who = await newMember(projectId);
    curl = (line) => runCurl(line, { baseUrl: stack.url, replace: { apex_key_abc123: who.key } });
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  it('needs authentication everywhere but at the callback', () =>
    run('any call without a key', async () => {
      for (const [method, path] of [['GET', '/api/connectors'], ['POST', '/api/connectors'], ['DELETE', '/api/connectors'], ['GET', '/api/connectors/google_ads/auth'], ['GET', '/api/sync/run']] as const) {
        expect([path, (await stack.call(method, path)).status]).toEqual([path, 401]);
      }
      const { status, body } = await stack.call('GET', '/api/connectors/google_ads/callback?code=abc&state=xyz');
      expect(body).toMatchObject({ code: 'AUTHORIZATION_STATE_INVALID' });
      return `401; callback ${status}`;
    }));

  it.each(['google_ads', 'google_analytics', 'hubspot', 'meta_ads', 'linkedin_ads', 'quickbooks'])('GET /api/connectors/%s/auth and its callback', (type) =>
    run(`GET /api/connectors/${type}/auth → callback`, async () => {
      const browser = new Browser();
      const { email, password } = who;
      await browser.request(`${stack.url}/api/v1/sessions/cookie`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) });
      // "Open this URL in the browser": nothing but the address and what the browser has of its own.
      const start = await browser.request(`${stack.url}/api/connectors/${type}/auth`);
      if (start.status !== 302) throw new Error(`${start.status} ${await start.text()}`);
      const back = vendors.visit(start.headers.get('location')!);
      expect(new URL(back).pathname).toBe(`/api/connectors/${type}/callback`);
      // As a browser: it ends on the project's page, with the connector shown as connected.
      const done = await browser.request(back, { headers: { accept: 'text/html' } });
      expect([done.status, done.headers.get('location')?.split('?')[0]]).toEqual([302, returnUrl]);
      expect(new URL(done.headers.get('location')!).searchParams.get('connected')).toBe(type);
      return `302 → 302 ${new URL(done.headers.get('location')!).search.slice(0, 40)}`;
    }),
  );

  it('POST /api/connectors with a key, for every documented type', () =>
    run('POST /api/connectors {type, credentials}', async () => {
      const { status, body } = await stack.call<{ type: string; status: string }>('POST', '/api/connectors', { key: who.key, body: { type: 'stripe', credentials: { apiKey: vendors.keyFor('stripe') } } });
      expect([status, body.type, body.status]).toEqual([201, 'stripe', 'connected']);
      for (const type of ['google_ads', 'google_analytics', 'hubspot', 'meta_ads', 'linkedin_ads', 'quickbooks']) {
        const refused = await stack.call<{ code: string; params: { message: string } }>('POST', '/api/connectors', { key: who.key, body: { type } });
        expect([refused.status, refused.body.code, refused.body.params.message.includes(`/api/connectors/${type}/auth`)]).toEqual([400, 'VALIDATION', true]);
      }
      const unknown = await stack.call('POST', '/api/connectors', { key: who.key, body: { type: 'no_such_thing', credentials: { apiKey: 'x' } } });
      expect([unknown.status, unknown.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
      return shown(status, body);
    }));

  it('GET /api/connectors', () =>
    run('GET /api/connectors', async () => {
      const { status, body } = await curl(String.raw`curl https://your-instance.com/api/connectors \ -H "x-api-key: apex_key_abc123"`);
      const list = body as Record<string, unknown>[];
      const google = list.find(({ type }) => type === 'google_ads')!;
      expect(status).toBe(200);
      expect(google).toMatchObject({ type: 'google_ads', status: 'connected', connectedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string });
      expect(Object.keys(google)).toEqual(expect.arrayContaining(['type', 'status', 'lastSync', 'accountName', 'connectedAt']));
      expect(list.map(({ type }) => type).sort()).toEqual(['google_ads', 'google_analytics', 'hubspot', 'linkedin_ads', 'meta_ads', 'quickbooks', 'stripe']);
      return shown(status, google);
    }));

  it('GET /api/sync/run', () =>
    run('GET /api/sync/run', async () => {
      const { status, body } = await curl(`curl "https://your-instance.com/api/sync/run" \\ -H "x-api-key: apex_key_abc123"`);
      const started = body as { status: string; syncId: string; connectors: string[] };
      expect([status, started.status, typeof started.syncId]).toEqual([200, 'started', 'string']);
      expect(started.connectors.sort()).toEqual(['google_ads', 'google_analytics', 'hubspot', 'linkedin_ads', 'meta_ads', 'quickbooks', 'stripe']);
      // A stream that has spent the platform's budget of calls goes on a minute later.
      const streams = await waitFor(async () => {
        const { body: sync } = await stack.call<{ runs: { connector: string; streams: StreamOfSync[] }[] }>('GET', `/api/sync/${started.syncId}`, { key: who.key });
        const all = sync.runs.flatMap(({ connector, streams: of }) => of.map((stream) => ({ connector, ...stream })));
        return sync.runs.length === 7 && all.every(({ status: how, error }) => !['queued', 'running'].includes(how) || error?.code === 'rate_limited') && all;
      }, { what: 'the sync to end', timeoutMs: 25_000 });
      expect(streams.filter((stream) => stream.status === 'failed' || stream.quarantined > 0 || stream.pages === 0)).toEqual([]);
      expect([...new Set(streams.filter(({ records }) => records > 0).map(({ connector }) => connector))].sort()).toEqual(started.connectors);
      const head = await fetch(`${stack.url}/api/sync/run`, { method: 'HEAD', headers: { 'x-api-key': who.key } });
      expect([404, 405]).toContain(head.status);
      return shown(status, started);
    }));

  it('DELETE /api/connectors', () =>
    run('DELETE /api/connectors', async () => {
      const { status, body } = await curl(String.raw`curl -X DELETE https://your-instance.com/api/connectors \ -H "Content-Type: application/json" \ -H "x-api-key: apex_key_abc123" \ -d '{ "type": "google_ads" }'`);
      expect(status).toBe(200);
      const left = await stack.call<{ type: string }[]>('GET', '/api/connectors', { key: who.key });
      expect(left.body.some(({ type }) => type === 'google_ads')).toBe(false);
      await waitFor(() => vendors.requests().some(({ host, path }) => host === 'oauth2.googleapis.com' && path === '/revoke'), { what: 'the revocation at Google' });
      return shown(status, body);
    }));
});
