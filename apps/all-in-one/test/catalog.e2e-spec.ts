import { Browser, waitFor } from '@trunkline/testing';
import { platformConnectors, returnUrl, startDialectWorld, type DialectWorld, type Member } from './dialect-world.js';

/** What a system must be told besides the credential, where it cannot be connected without it. */
const inputsOf: Readonly<Record<string, Record<string, string>>> = {
  shopify: { shop: 'acme' },
  zendesk: { subdomain: 'acme', email: 'agent@example.com' },
  gorgias: { subdomain: 'acme', email: 'agent@example.com' },
  mailchimp: { dc: 'us6' },
  netsuite: { account_host: '1234567' },
};
const byKey = ['stripe', 'posthog', 'klaviyo', 'gorgias', 'zendesk', 'vercel', 'railway', 'figma', 'mailchimp', 'sendgrid'];

interface StreamOfSync {
  stream: string;
  status: string;
  pages: number;
  records: number;
  quarantined: number;
  error: { code: string; message: string } | null;
}

/** Every platform of the catalog, from "Connect" to rows in the warehouse, with the data its fixtures have. */
describe('the catalog', () => {
  let world: DialectWorld;
  let who: Member;

  beforeAll(async () => {
    world = await startDialectWorld('catalog');
    who = await world.newMember((await world.newProject()).id);
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  it('has a stand-in for each of the 22 platforms', () => expect(new Set(platformConnectors).size).toBe(22));

  it.each(platformConnectors)('connects %s', async (connector) => {
    const { stack, vendors } = world;
    const inputs = inputsOf[connector];
    if (byKey.includes(connector)) {
      const { status, body } = await stack.call('POST', '/api/connectors/connect', { key: who.key, body: { provider: connector, api_key: vendors.keyFor(connector), ...(inputs !== undefined && { inputs }) } });
      expect([status, body]).toMatchObject([200, { connected: true }]);
      return;
    }
    const browser = new Browser();
    const start = await browser.request(`${stack.url}/api/oauth/${connector}/authorize?${new URLSearchParams({ redirect_uri: returnUrl, ...inputs }).toString()}`, { headers: { authorization: `Bearer ${who.session}` } });
    const { auth_url: authUrl } = (await start.json()) as { auth_url: string };
    const done = await world.consent(browser, authUrl);
    expect([done.status, await done.json()]).toMatchObject([200, { connected: true }]);
  });

  it('is read: every stream of every platform, with nothing put aside', async () => {
    const { stack } = world;
    const { syncId } = (await stack.call<{ syncId: string }>('POST', '/api/sync/run', { key: who.key })).body;
    // A stream that has spent the platform's budget of calls goes on a minute later.
    const streams = await waitFor(async () => {
      const { body: sync } = await stack.call<{ runs: { connector: string; streams: StreamOfSync[] }[] }>('GET', `/api/sync/${syncId}`, { key: who.key });
      const all = sync.runs.flatMap(({ connector, streams: of }) => of.map((stream) => ({ connector, ...stream })));
      return sync.runs.length === platformConnectors.length && all.every(({ status, error }) => !['queued', 'running'].includes(status) || error?.code === 'rate_limited') && all;
    }, { what: 'the sync to end', timeoutMs: 90_000, intervalMs: 500 });
    for (const connector of platformConnectors) {
      await world.run(`${connector} is read`, async () => {
        const of = streams.filter((one) => one.connector === connector);
        expect(of.filter(({ status, quarantined, pages, error }) => (status !== 'succeeded' && error?.code !== 'rate_limited') || quarantined > 0 || pages === 0)).toEqual([]);
        const records = of.reduce((sum, stream) => sum + stream.records, 0);
        expect(records).toBeGreaterThan(0);
        return `${of.length} streams, ${records} records${of.some(({ status }) => status !== 'succeeded') ? ', waits for its budget of calls' : ''}`;
      });
    }
  }, 120_000);

  it('is in the warehouse', async () => {
    const { stack } = world;
    const delivered = async () => (await stack.database.query<{ connector: string }>(`SELECT DISTINCT connector FROM analytics.record`)).map(({ connector }) => connector).sort();
    await waitFor(async () => (await delivered()).length === platformConnectors.length, { what: 'records of every platform in the warehouse', timeoutMs: 30_000 });
  });
});
