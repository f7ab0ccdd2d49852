import { API_KEY, bearer, call, control, crm } from '../../test/support/api.js';
import { CLIENT, connect } from '../../test/support/walk.js';
import type { RunningSandbox } from '../start-sandbox.js';
import { startSandbox } from '../start-sandbox.js';

const COUNTS = { contacts: 250, companies: 30, deals: 40, activities: 50 };
let sandbox: RunningSandbox;
let url: string;
beforeAll(async () => {
  sandbox = await startSandbox({ clients: [CLIENT], records: COUNTS });
  url = sandbox.url;
});
afterAll(() => sandbox.close());

const ask = (query: string, variables?: object, headers: Record<string, string> = API_KEY) =>
  call(url, '/graphql', { method: 'POST', json: { query, variables }, headers });

describe('GraphQL', () => {
  it.each(['contacts', 'companies', 'deals', 'activities'] as const)('reads %s to the end by cursors, the same records as REST', async (stream) => {
    const rows: { id: string; updatedAt: string }[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { status, body } = await ask(
        `query Page($after: String) {
          ${stream}(first: 70, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id updatedAt deleted } } }
        }`,
        { after },
      );
      expect(status).toBe(200);
      expect(body.errors).toBeUndefined();
      const page = body.data[stream];
      expect(page.totalCount).toBe(COUNTS[stream]);
      rows.push(...page.edges.map((edge: { node: { id: string; updatedAt: string } }) => edge.node));
      expect(page.pageInfo.endCursor).toBe(page.edges.at(-1).cursor);
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(new Set(rows.map((row) => row.id)).size).toBe(COUNTS[stream]);
    const rest = (await crm(url, `${stream}?limit=200&per_page=200`)).body;
    const list = (rest.results ?? rest.data ?? rest.items ?? rest) as { id: string }[];
    expect(rows.slice(0, list.length).map((row) => row.id)).toEqual(list.map((row) => row.id));
  });

  it('shows every field by its camelCase name, nested ones too', async () => {
    const { body } = await ask(`{
      account { id name plan }
      contacts(first: 1) { nodes {
        id createdAt updatedAt accountId firstName lastName externalId companyId lifecycleStage owner { id name }
        address { street postalCode city country } tags consent { email phone } score
      } }
      companies(first: 1) { nodes { annualRevenue registryNumber foundedOn hq { city geo { lat lng } } } }
      deals(first: 1) { nodes { erpOrderId closeDate lineItems { name quantity unitPrice } } }
      activities(first: 1) { nodes { durationSeconds messageId participants { name email } completed } }
    }`);
    expect(body.errors).toBeUndefined();
    expect(body.data.account).toEqual({ id: 'acc_1', name: 'Acme GmbH', plan: 'enterprise' });
    const [contact] = (await crm(url, 'contacts?limit=1')).body.results;
    expect(body.data.contacts.nodes[0]).toMatchObject({
      id: contact.id,
      firstName: contact.first_name,
      externalId: contact.external_id,
      address: { postalCode: contact.address.postal_code },
    });
    expect(body.data.companies.nodes[0].hq.geo.lat).toEqual(expect.any(Number));
    expect(body.data.deals.nodes[0].lineItems[0].unitPrice).toEqual(expect.any(String));
    expect(JSON.stringify(body.data.activities)).not.toContain('null,"messageId":null');
  });

  it('reads from a time on, with tombstones', async () => {
    const [first] = (await crm(url, 'deals?per_page=1')).body as [{ id: string }];
    await crm(url, `deals/${first.id}`, { method: 'DELETE' });
    const { body } = await ask('{ deals(updatedSince: "2026-01-01T00:00:00Z") { totalCount nodes { id deleted title } } }');
    expect(body.data.deals).toEqual({ totalCount: 1, nodes: [{ id: first.id, deleted: true, title: null }] });
  });

  it('refuses what is too deep, too large or no GraphQL', async () => {
    const deep = '{ companies { edges { node { hq { geo { lat } } } } } }';
    expect((await ask(deep)).status).toBe(200);
    expect((await ask(`{ __schema { types { fields { type { ofType { ofType { name } } } } } } }`)).status).toBe(200);
    const tooDeep = await ask('{ contacts { edges { node { a { b { c { d { e { f } } } } } } } } }');
    expect(tooDeep.status).toBe(400);
    expect(JSON.stringify(tooDeep.body.errors)).toContain('at most 8');
    expect((await ask('{ contacts(first: 201) { totalCount } }')).body.errors[0]).toMatchObject({
      message: 'first must be between 1 and 200',
      extensions: { code: 'invalid_request' },
    });
    expect((await ask('{ contacts(after: "x") { totalCount } }')).body.errors[0].extensions.code).toBe('invalid_request');
    expect((await ask('{ contacts(updatedSince: "x") { totalCount } }')).body.errors[0].extensions.code).toBe('invalid_request');
    expect((await ask('{ contacts {')).status).toBe(400);
    expect((await ask('{ nobody }')).status).toBe(400);
    expect((await call(url, '/graphql', { method: 'POST', json: {}, headers: API_KEY })).status).toBe(400);
  });

  it('lets in and limits as the REST API does', async () => {
    expect((await ask('{ account { id } }', undefined, {})).status).toBe(401);
    const tokens = await connect(url, { account: 'acc_2', form: [['scopes_shown', 'true'], ['scope', 'crm.write']] });
    const { body } = await ask('{ account { id } contacts { totalCount } }', undefined, bearer(tokens.access_token));
    expect(body.errors[0].extensions.code).toBe('insufficient_scope');
    const only = await ask('{ account { id } }', undefined, bearer(tokens.access_token));
    expect(only.body.data.account.id).toBe('acc_2');
    await control(url, 'PUT', 'settings', { rateLimit: { requests: 1, perSeconds: 60 } });
    try {
      await ask('{ account { id } }');
      const refused = await ask('{ account { id } }');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await control(url, 'PUT', 'settings', { rateLimit: null });
    }
  });
});
