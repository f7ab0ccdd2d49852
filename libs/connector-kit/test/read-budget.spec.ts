import { acme, stream } from './support/acme.js';
import { InProcessBudget } from './support/in-process-budget.js';
import { startServer } from './support/local-server.js';
import type { LocalServer, Reply } from './support/local-server.js';
import { readAll } from './support/read-all.js';

describe('a budget of calls', () => {
  let answer: () => Reply;
  let server: LocalServer;
  beforeAll(async () => (server = await startServer(() => answer())));
  afterAll(() => server.close());
  beforeEach(() => void (server.received.length = 0));

  const paged = stream({ request: { path: '/items', query: { page: '{{page.number}}' } }, pagination: { type: 'page' } });
  const endingAfter = (pages: number) => () => ({ body: { items: server.received.length < pages ? [{ id: server.received.length }] : [] } });

  it('is shared by readers of one account: together they never make more requests than it has', async () => {
    const connector = acme({ rate_limit: { posture: 'x', api_budget: { requests: 4, per_seconds: 1 } } }, { items: paged });
    answer = endingAfter(9);
    const budget = new InProcessBudget();
    const begun = performance.now();
    await Promise.all([readAll(server, { connector, stream: 'items', budget }), readAll(server, { connector, stream: 'items', budget })]);
    // Ten requests and more: four at once, the others a quarter of a second apart.
    expect(performance.now() - begun).toBeGreaterThan(((server.received.length - 4) * 250) * 0.9);
  });

  it('of a stream counts besides the connector\'s', async () => {
    const connector = acme({ rate_limit: { posture: 'x', api_budget: { requests: 1000, per_seconds: 1 } } }, { items: { ...paged, api_budget: { name: 'search', requests: 1, per_seconds: 60 } } });
    answer = endingAfter(3);
    await expect(readAll(server, { connector, stream: 'items', budget: new InProcessBudget() })).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: expect.any(Number) as number });
    expect(server.received).toHaveLength(1);
  });

  it('that answers say is spent is not asked of again before its time', async () => {
    const connector = acme({ rate_limit: { posture: 'x', headers: { remaining: 'X-Left', reset: 'X-Reset' } } }, { items: paged });
    answer = () => ({ body: { items: [{ id: 1 }] }, headers: { 'x-left': '0', 'x-reset': '600' } });
    await expect(readAll(server, { connector, stream: 'items', budget: new InProcessBudget() })).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: expect.any(Number) as number });
    expect(server.received).toHaveLength(1);
  });

  it('gets its place back from a request that failed', async () => {
    const connector = acme({ rate_limit: { posture: 'x', api_budget: { requests: 100, per_seconds: 1, concurrency: 1 } } }, { items: paged });
    const budget = new InProcessBudget();
    answer = () => ({ status: 403 });
    await expect(readAll(server, { connector, stream: 'items', budget })).rejects.toMatchObject({ kind: 'forbidden' });
    answer = () => ({ body: { items: [] } });
    await expect(readAll(server, { connector, stream: 'items', budget })).resolves.toHaveLength(1);
  });
});
