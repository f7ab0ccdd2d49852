import { natsPermissions } from '@trunkline/messaging';
import { Browser, waitFor } from '@trunkline/testing';
import { createTenant, startStack, type Stack, type Tenant } from './stack.js';

interface Progress {
  syncId: string;
  status: string;
  records: number;
  runs: { id: string; connectionId: string; status: string; streams: { stream: string; status: string; records: number; deleted: number }[] }[];
}

describe('the whole road over HTTP, through every service', () => {
  let stack: Stack;
  let tenant: Tenant;

  beforeAll(async () => {
    stack = await startStack({ records: 1_200 });
    tenant = await createTenant(stack, ['https://app.example.com/done']);
  }, 90_000);
  afterAll(async () => {
    await stack?.close();
  }, 60_000);

  const connect = async (who: Tenant, browser = new Browser(), account = 'acc_1') => {
    const start = await browser.request(`${stack.url}/api/connectors/sandbox_crm/auth`, { headers: { 'x-api-key': who.key } });
    expect(start.status).toBe(302);
    const callback = await browser.consent(start.headers.get('location')!, 'allow', account);
    return { callback, done: await browser.request(callback, { headers: { accept: 'application/json' } }) };
  };
  const finish = (syncId: string, who = tenant) =>
    waitFor(
      async () => {
        const { status, body } = await stack.call<Progress>('GET', `/api/sync/${syncId}`, { key: who.key });
        if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
        return body.status !== 'running' && body;
      },
      { what: `sync ${syncId} to finish`, timeoutMs: 20_000, intervalMs: 100 },
    );
  const sinkRows = (connectionId: string) =>
    stack.database.query<{ stream: string; rows: number }>('SELECT stream, count(*)::int AS rows FROM analytics.record WHERE connection_id = $1 AND NOT deleted GROUP BY stream ORDER BY stream', [connectionId]);
  const total = (rows: { rows: number }[]) => rows.reduce((sum, { rows: count }) => sum + count, 0);

  let connectionId: string;

  it('connects by OAuth: consent, code exchange with PKCE, sealed credential, active with the account\'s name', async () => {
    const { done } = await connect(tenant);
    const body = (await done.json()) as Record<string, string>;
    expect([done.status, body]).toMatchObject([200, { connected: true, provider: 'sandbox_crm', account_name: 'Acme GmbH' }]);
    connectionId = body.connectionId!;
    const list = await stack.call<Record<string, unknown>[]>('GET', '/api/connectors', { key: tenant.key });
    expect(list.body).toEqual([{ id: connectionId, type: 'sandbox_crm', status: 'connected', lastSync: list.body[0]!.lastSync, accountName: 'Acme GmbH', connectedAt: expect.any(String) as string }]);
    const [row] = await stack.database.query<{ sealed: Buffer }>('SELECT sealed FROM tokens.credential WHERE connection_id = $1', [connectionId]);
    const token = await stack.call<{ token: string }>('POST', '/api/connectors/sandbox_crm/token', { key: tenant.key, body: {} });
    expect(row!.sealed.includes(token.body.token)).toBe(false);
  });

  it('hands out a token that works at the provider', async () => {
    const { body, headers } = await stack.call<{ token: string; expiresAt: string; connectionId: string }>('POST', '/api/connectors/sandbox_crm/token', { body: {}, headers: { 'x-services-token': tenant.key } });
    expect(body.connectionId).toBe(connectionId);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(3_000_000);
    const account = await fetch(`${stack.sandboxUrl}/crm/v1/account`, { headers: { authorization: `Bearer ${body.token}` } });
    expect(await account.json()).toMatchObject({ id: 'acc_1', name: 'Acme GmbH' });
  });

  it('refreshes once however many ask at the same time, and everyone gets the new token', async () => {
    const before = (await stack.call<{ token: string }>('POST', '/api/connectors/sandbox_crm/token', { key: tenant.key, body: {} })).body.token;
    await stack.control('POST', '/reset-stats');
    // The provider takes its time, so that all thirty ask while the one request is under way.
    await stack.control('POST', '/faults', [{ match: { path: '/oauth/token' }, times: 1, kind: 'delay', delayMs: 1_500 }]);
    const answers = await Promise.all(Array.from({ length: 30 }, () => stack.call<{ refreshed: boolean }>('POST', '/api/connectors/sandbox_crm/refresh', { key: tenant.key })));
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(answers.map(() => ({ status: 200, body: expect.objectContaining({ refreshed: true }) as object })));
    const after = (await stack.call<{ token: string }>('POST', '/api/connectors/sandbox_crm/token', { key: tenant.key, body: {} })).body.token;
    expect(after).not.toBe(before);
    expect((await fetch(`${stack.sandboxUrl}/crm/v1/account`, { headers: { authorization: `Bearer ${after}` } })).status).toBe(200);
    expect(await tokenCalls('refresh_token')).toBe(1);
  });

  const tokenCalls = async (grant: string): Promise<number> => {
    const stats = (await stack.control('GET', '/stats')) as { token: Record<string, Record<string, number>> };
    return Object.values(stats.token[grant] ?? {}).reduce((sum, count) => sum + count, 0);
  };

  it('syncs everything into the warehouse: what was read is what is there', async () => {
    const started = await stack.call<{ status: string; syncId: string; connectors: string[] }>('POST', '/api/sync/run', { key: tenant.key });
    expect(started.body).toEqual({ status: 'started', syncId: expect.any(String) as string, connectors: ['sandbox_crm'] });
    const done = await finish(started.body.syncId);
    expect(done.status).toBe('succeeded');
    expect(done.runs[0]!.streams.map(({ stream }) => stream).sort()).toEqual(['activities', 'companies', 'contacts', 'deals']);
    expect(done.records).toBeGreaterThanOrEqual(1_200);
    const read = Object.fromEntries(done.runs[0]!.streams.map(({ stream, records, deleted }) => [stream, records - deleted]));
    await waitFor(async () => total(await sinkRows(connectionId)) >= 1_200, { what: 'the sink to apply everything' });
    expect(Object.fromEntries((await sinkRows(connectionId)).map(({ stream, rows }) => [stream, rows]))).toEqual(read);
    const list = await stack.call<{ lastSync: string }[]>('GET', '/api/connectors', { key: tenant.key });
    expect(Date.parse(list.body[0]!.lastSync)).toBeGreaterThan(Date.now() - 60_000);
  }, 90_000);

  it('reads only what changed the second time, and sees deletions', async () => {
    const headers = { 'x-api-key': 'sandbox-api-key' };
    const first = ((await (await fetch(`${stack.sandboxUrl}/crm/v1/contacts?limit=2`, { headers })).json()) as { results: { id: string }[] }).results;
    expect((await fetch(`${stack.sandboxUrl}/crm/v1/contacts/${first[0]!.id}`, { method: 'DELETE', headers })).ok).toBe(true);
    expect((await fetch(`${stack.sandboxUrl}/crm/v1/contacts/${first[1]!.id}`, { method: 'PATCH', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ first_name: 'Renamed' }) })).ok).toBe(true);
    const before = total(await sinkRows(connectionId));
    const done = await finish((await stack.call<{ syncId: string }>('GET', '/api/sync/run', { key: tenant.key })).body.syncId);
    expect(done.status).toBe('succeeded');
    expect(done.records).toBeLessThan(200);
    expect(done.records).toBeGreaterThanOrEqual(2);
    await waitFor(async () => total(await sinkRows(connectionId)) === before - 1, { what: 'the deletion to arrive' });
    const [changed] = await stack.database.query<{ data: Record<string, unknown> }>("SELECT data FROM analytics.record WHERE connection_id = $1 AND stream = 'contacts' AND key = $2", [connectionId, first[1]!.id]);
    expect(JSON.stringify(changed!.data)).toContain('Renamed');
  }, 90_000);

  it('connects with a key, verified first, in both dialects', async () => {
    const other = await createTenant(stack);
    const wrong = await stack.call('POST', '/api/connectors/connect', { key: other.key, body: { provider: 'sandbox_crm', api_key: 'not-the-key' } });
    expect([wrong.status, wrong.body]).toMatchObject([400, { code: 'INVALID_APP_CONNECTION' }]);
    expect((await stack.call<unknown[]>('GET', '/api/connectors', { key: other.key })).body).toEqual([]);
    const right = await stack.call('POST', '/api/connectors/connect', { key: other.key, body: { provider: 'sandbox_crm', api_key: 'sandbox-api-key' } });
    expect([right.status, right.body]).toMatchObject([200, { connected: true, provider: 'sandbox_crm' }]);
    const graph = await stack.call('POST', '/api/connectors', { key: other.key, body: { type: 'sandbox_graphql', credentials: { api_key: 'sandbox-api-key' } } });
    expect([graph.status, graph.body]).toMatchObject([201, { type: 'sandbox_graphql', status: 'connected' }]);
    const done = await finish((await stack.call<{ syncId: string }>('POST', '/api/sync/run', { key: other.key })).body.syncId, other);
    expect([done.status, done.runs.length]).toEqual(['succeeded', 2]);
    const list = await stack.call<{ connections: unknown[] }>('GET', '/api/connectors/list', { key: other.key });
    expect(list.body.connections).toMatchObject([{ provider: 'sandbox_crm', type: 'api_key', status: 'connected' }, { provider: 'sandbox_graphql', type: 'api_key', status: 'connected' }]);
  }, 90_000);

  it('answers the JSON variant and sends a browser to an allowed return target only', async () => {
    const browser = new Browser();
    const target = encodeURIComponent('https://app.example.com/done');
    const start = await browser.request(`${stack.url}/api/oauth/sandbox_crm/authorize?redirect_uri=${target}`, { headers: { 'x-api-key': tenant.key } });
    const { auth_url: authUrl } = (await start.json()) as { auth_url: string };
    expect(new URL(authUrl).origin).toBe(stack.sandboxUrl);
    const callback = await browser.consent(authUrl);
    expect(new URL(callback).pathname).toBe('/api/oauth/sandbox_crm/callback');
    const done = await browser.request(callback, { headers: { accept: 'text/html' } });
    expect([done.status, new URL(done.headers.get('location')!).origin]).toEqual([302, 'https://app.example.com']);
    const evil = await stack.call('GET', `/api/oauth/sandbox_crm/authorize?redirect_uri=${encodeURIComponent('https://app.example.com/done?x')}`, { key: tenant.key });
    expect([evil.status, evil.body]).toMatchObject([400, { code: 'RETURN_URL_NOT_ALLOWED' }]);
  });

  it('refuses a callback that is replayed, forged, from another browser or for another connector, without a call to the token endpoint', async () => {
    const { callback, done } = await connect(tenant);
    expect(done.status).toBe(200);
    await stack.control('POST', '/reset-stats');
    const refused = async (url: string, browser: Browser) => {
      const response = await browser.request(url, { headers: { accept: 'application/json' } });
      expect([response.status, await response.json()]).toMatchObject([400, { code: 'AUTHORIZATION_STATE_INVALID' }]);
    };
    await refused(callback, new Browser());
    await refused(`${stack.url}/api/connectors/sandbox_crm/callback?code=abc&state=${'f'.repeat(43)}`, new Browser());
    await refused(`${stack.url}/api/connectors/sandbox_crm/callback?code=abc`, new Browser());

    const mine = new Browser();
    const start = () => mine.request(`${stack.url}/api/connectors/sandbox_crm/auth`, { headers: { 'x-api-key': tenant.key } });
    const foreign = await mine.consent((await start()).headers.get('location')!);
    await refused(foreign, new Browser());
    const crossed = await mine.consent((await start()).headers.get('location')!);
    await refused(crossed.replace('/sandbox_crm/callback', '/sandbox_graphql/callback'), mine);
    expect(await tokenCalls('authorization_code')).toBe(0);
    // Each of these used its state up: the right browser cannot finish it any more.
    await refused(foreign, mine);
  });

  it('says in words that the person or the provider refused', async () => {
    const browser = new Browser();
    const other = await createTenant(stack);
    const start = await browser.request(`${stack.url}/api/connectors/sandbox_crm/auth`, { headers: { 'x-api-key': other.key } });
    const callback = await browser.consent(start.headers.get('location')!, 'deny');
    const denied = await browser.request(callback, { headers: { accept: 'application/json' } });
    expect([denied.status, await denied.json()]).toMatchObject([400, { code: 'AUTHORIZATION_DENIED' }]);
    await waitFor(async () => (await stack.call<unknown[]>('GET', '/api/connectors', { key: other.key })).body.length === 0, { what: 'the pending connection to be removed' });
  });

  it('answers what it does not know with one clear error, and a foreign id like an unknown one', async () => {
    const other = await createTenant(stack);
    expect((await stack.call('GET', '/api/connectors/no_such_thing/auth', { key: tenant.key })).body).toMatchObject({ statusCode: 404, code: 'ENTITY_NOT_FOUND', params: { entityType: 'connector' } });
    expect((await stack.call('GET', '/api/connectors', { key: 'nonsense' })).body).toMatchObject({ statusCode: 401, code: 'AUTHENTICATION' });
    const foreign = await stack.call('POST', '/api/connectors/sandbox_crm/token', { key: other.key, body: { connectionId } });
    const unknown = await stack.call('POST', '/api/connectors/sandbox_crm/token', { key: other.key, body: { connectionId: 'conn_unknown' } });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
    const { body } = await stack.call<{ syncId: string }>('POST', '/api/sync/run', { key: tenant.key });
    expect((await stack.call('GET', `/api/sync/${body.syncId}`, { key: other.key })).status).toBe(404);
    await finish(body.syncId);
  });

  it('marks a connection whose grant was revoked at the provider, and mends it by connecting again', async () => {
    const other = await createTenant(stack);
    const browser = new Browser();
    const first = (await (await connect(other, browser, 'acc_2')).done.json()) as { connectionId: string };
    await stack.control('POST', '/revoke-grants', { account: 'acc_2' });
    await waitFor(
      async () => {
        // The second confirmation comes no sooner than half a minute after the first; the database's clock is helped on.
        await stack.database.query("UPDATE tokens.credential SET next_attempt_at = NULL, refused_at = refused_at - interval '1 minute' WHERE connection_id = $1", [first.connectionId]);
        await stack.call('POST', '/api/connectors/sandbox_crm/refresh', { key: other.key });
        return (await stack.call<{ status: string }[]>('GET', '/api/connectors', { key: other.key })).body[0]?.status === 'error';
      },
      { what: 'the connection to be marked', timeoutMs: 30_000, intervalMs: 200 },
    );
    const refused = await stack.call('POST', '/api/connectors/sandbox_crm/token', { key: other.key, body: {} });
    expect([refused.status, refused.body.code]).toEqual([409, 'CREDENTIAL_NEEDS_RECONNECT']);
    const again = (await (await connect(other, browser, 'acc_2')).done.json()) as { connectionId: string };
    expect(again.connectionId).toBe(first.connectionId);
    expect((await stack.call('POST', '/api/connectors/sandbox_crm/token', { key: other.key, body: {} })).status).toBe(200);
    await waitFor(async () => (await stack.call<{ status: string }[]>('GET', '/api/connectors', { key: other.key })).body[0]?.status === 'connected', { what: 'the connection to be well again' });
  }, 60_000);

  it('disconnects: the credential is gone at once and revoked at the provider', async () => {
    const other = await createTenant(stack);
    const browser = new Browser();
    await connect(other, browser, 'acc_3');
    const { token } = (await stack.call<{ token: string }>('POST', '/api/connectors/sandbox_crm/token', { key: other.key, body: {} })).body;
    const gone = await stack.call('DELETE', '/api/connectors', { key: other.key, body: { type: 'sandbox_crm' } });
    expect(gone.status).toBe(200);
    expect((await stack.call('POST', '/api/connectors/sandbox_crm/token', { key: other.key, body: {} })).status).toBe(404);
    expect((await stack.call<unknown[]>('GET', '/api/connectors', { key: other.key })).body).toEqual([]);
    await waitFor(async () => (await fetch(`${stack.sandboxUrl}/crm/v1/account`, { headers: { authorization: `Bearer ${token}` } })).status === 401, { what: 'the token to be revoked at the provider' });
  });

  it('refuses a revoked key within five seconds', async () => {
    const other = await createTenant(stack);
    expect((await stack.call('GET', '/api/connectors', { key: other.key })).status).toBe(200);
    const id = (await stack.database.query<{ id: string }>('SELECT id FROM registry.api_key WHERE project_id = $1', [other.projectId]))[0]!.id;
    expect((await stack.call('DELETE', `/api/v1/api-keys/${id}`, { key: stack.adminKey })).status).toBe(200);
    await waitFor(async () => (await stack.call('GET', '/api/connectors', { key: other.key })).status === 401, { what: 'the key to be refused', timeoutMs: 5_000 });
  });

  it('lets no service read or say on the bus what is not its own', () => {
    // The analytics sink's user may not ask for tokens: the server itself refuses.
    expect(natsPermissions['analytics-sink'].publish).not.toContain('rpc.credentials.resolve');
    expect(natsPermissions.gateway.subscribe).not.toContain('rpc.credentials.put');
    expect(natsPermissions['connector-registry'].publish).not.toContain('rpc.credentials.resolve');
  });

  it('writes no secret to its log', async () => {
    const { token } = (await stack.call<{ token: string }>('POST', '/api/connectors/sandbox_crm/token', { key: tenant.key, body: {} })).body;
    const output = [...stack.processes.values()].map((program) => program.output()).join('');
    expect(output.length).toBeGreaterThan(1_000);
    for (const secret of [token, tenant.key, stack.adminKey, 'sandbox-api-key', 'not-the-key']) expect(output).not.toContain(secret);
  });
});
