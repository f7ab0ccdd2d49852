import { startOwnPostgres, Browser, waitFor, type OwnPostgres } from '@trunkline/testing';
import { createTenant, startStack, type Stack, type Tenant } from './stack.js';

interface Progress {
  syncId: string;
  status: string;
  records: number;
  runs: { streams: { pages: number; stream: string; error: unknown }[] }[];
}

/** The product as separate processes, so that each can die alone. A slow provider keeps a run under way long enough to be hit. */
describe('faults while a run is under way', () => {
  let stack: Stack;
  let postgres: OwnPostgres;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    stack = await startStack({ separate: true, databaseUrl: postgres.url, records: 3_000, environment: { TRUNKLINE_SYNC_LEASE_SECONDS: '3', TRUNKLINE_SYNC_REAP_INTERVAL_MS: '500' } });
    await stack.control('PUT', '/settings', { latencyMs: 60 });
  }, 120_000);
  afterAll(async () => {
    await stack?.close();
    await postgres?.remove();
  }, 60_000);

  const connect = async (who: Tenant) => {
    const browser = new Browser();
    const start = await browser.request(`${stack.url}/api/connectors/sandbox_crm/auth`, { headers: { 'x-api-key': who.key } });
    const done = await browser.request(await browser.consent(start.headers.get('location')!), { headers: { accept: 'application/json' } });
    expect(done.status).toBe(200);
    return ((await done.json()) as { connectionId: string }).connectionId;
  };
  /** A part that is away makes for a clear error (503); whoever waits asks again. */
  const progress = async (who: Tenant, syncId: string) => {
    const { status, body } = await stack.call<Progress>('GET', `/api/sync/${syncId}`, { key: who.key });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  };
  const pages = (sync: Progress) => sync.runs.reduce((sum, run) => sum + run.streams.reduce((inner, stream) => inner + stream.pages, 0), 0);

  const sourceRows = async (): Promise<Map<string, string>> => {
    const rows = new Map<string, string>();
    const get = async (url: string) => fetch(url, { headers: { 'x-api-key': 'sandbox-api-key' } });
    type Row = { id: string; updated_at: string };
    const keep = (stream: string, list: Row[]) => list.forEach((row) => rows.set(`${stream}/${row.id}`, row.updated_at));
    const base = `${stack.sandboxUrl}/crm/v1`;
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const body = (await (await get(`${base}/contacts?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)).json()) as { results: Row[]; paging?: { next?: { after: string } } };
      keep('contacts', body.results);
      cursor = body.paging?.next?.after;
    }
    for (let page = 1, last = 1; page <= last; page += 1) {
      const body = (await (await get(`${base}/companies?per_page=200&page=${page}`)).json()) as { data: Row[]; total_pages: number };
      keep('companies', body.data);
      last = body.total_pages;
    }
    for (let page = 1; ; page += 1) {
      const response = await get(`${base}/deals?per_page=200&page=${page}`);
      keep('deals', (await response.json()) as Row[]);
      if (!(response.headers.get('link') ?? '').includes('rel="next"')) break;
    }
    for (let next: string | null = `${base}/activities?limit=200`; next !== null; ) {
      const body = (await (await get(next)).json()) as { items: Row[]; next: string | null };
      keep('activities', body.items);
      next = body.next;
    }
    return rows;
  };

  /** Starts a run, lets `harm` act once pages have been read, and then expects the warehouse to be exactly the source. */
  const survives = async (harm: (who: Tenant) => Promise<void>) => {
    const who = await createTenant(stack);
    const connectionId = await connect(who);
    const { syncId } = (await stack.call<{ syncId: string }>('POST', '/api/sync/run', { key: who.key })).body;
    await waitFor(async () => pages(await progress(who, syncId)) >= 3, { what: 'the first pages to be read' });
    expect((await progress(who, syncId)).status).toBe('running');
    await harm(who);
    const done = await waitFor(
      async () => {
        const sync = await progress(who, syncId);
        return sync.status !== 'running' && sync;
      },
      { what: 'the run to finish', timeoutMs: 90_000, intervalMs: 200 },
    );
    expect({ status: done.status, errors: done.runs.flatMap(({ streams }) => streams.map(({ error }) => error)) }).toEqual({ status: 'succeeded', errors: [null, null, null, null] });
    const source = await sourceRows();
    expect(source.size).toBeGreaterThanOrEqual(3_000);
    const inSink = async () =>
      new Map((await stack.database.query<{ name: string; at: string }>("SELECT stream || '/' || key AS name, data->>'updated_at' AS at FROM analytics.record WHERE connection_id = $1 AND NOT deleted", [connectionId])).map(({ name, at }) => [name, at]));
    await waitFor(async () => (await inSink()).size >= source.size, { what: 'the sink to apply everything', timeoutMs: 60_000 });
    expect(await inSink()).toEqual(source);
  };

  it.each(['sync-orchestrator', 'analytics-sink', 'token-refresher', 'connector-registry', 'oauth-broker', 'gateway'])('%s killed with -9 and started again', async (service) => {
    await survives(async () => {
      await stack.kill(service);
      await stack.start(service);
    });
  }, 180_000);

  it('NATS killed and started again', async () => {
    await survives(async () => {
      await stack.nats.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await stack.nats.restart();
    });
  }, 180_000);

  it('every connection to PostgreSQL cut, three times', async () => {
    await survives(async () => {
      for (let round = 0; round < 3; round += 1) {
        await stack.database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    });
  }, 180_000);

  it('PostgreSQL crashed and started again', async () => {
    await survives(async () => {
      await postgres.crash();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await postgres.start();
    });
  }, 180_000);

  it('the provider down for a while: no reconnect is asked for, and the run goes on', async () => {
    await survives(async () => {
      await stack.control('POST', '/faults', [{ match: { path: '/crm' }, times: 12, kind: 'status', status: 503 }]);
    });
  }, 180_000);
});
