import { startHttpServer, type TestHttpServer } from '@trunkline/testing';

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly updated_at: string;
  readonly notes?: string;
}

const pageSize = 50;

/** A shop whose API a tenant describes by itself: customers by cursor, which tells no deletions, and orders of each customer. */
export class Shop {
  readonly customers = new Map<string, Customer>();
  readonly orders: { id: string; customer: string; total: string }[] = [];
  /** What came in as a destination, by method and path. */
  readonly written: { method: string; path: string; body: unknown }[] = [];
  /** Milliseconds each page takes. */
  latencyMs = 0;
  requests = 0;
  #clock = Date.parse('2026-03-01T00:00:00Z');
  #server: TestHttpServer | undefined;

  async start(): Promise<this> {
    this.#server = await startHttpServer(async (request, response, body) => {
      const url = new URL(request.url ?? '/', this.url);
      const send = (status: number, value: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.headers.authorization !== 'Bearer shop-key') return send(401, { error: 'unknown key' });
      if (url.pathname === '/me') return send(200, { id: 'shop_1', name: 'The shop' });
      if (request.method !== 'GET') {
        this.written.push({ method: request.method!, path: url.pathname, body: body === '' ? null : JSON.parse(body) });
        return send(200, {});
      }
      this.requests += 1;
      if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
      if (url.pathname === '/customers') return send(200, this.#page([...this.customers.values()].sort((a, b) => (a.updated_at < b.updated_at ? -1 : 1)), url));
      const customer = /^\/customers\/([^/]+)\/orders$/.exec(url.pathname)?.[1];
      if (customer !== undefined) return send(200, this.#page(this.orders.filter((order) => order.customer === customer), url));
      send(404, {});
    });
    return this;
  }

  get url(): string {
    return this.#server!.url;
  }
  get authority(): string {
    return this.#server!.authority;
  }
  stop = async (): Promise<void> => this.#server?.close();

  put(id: string, name: string, more: Partial<Customer> = {}): void {
    this.#clock += 1_000;
    this.customers.set(id, { id, name, updated_at: new Date(this.#clock).toISOString(), ...more });
  }

  #page<Row>(rows: readonly Row[], { searchParams }: URL): { results: Row[]; next: string | null } {
    const since = searchParams.get('since');
    const wanted = since === null ? rows : rows.filter((row) => (row as { updated_at?: string }).updated_at! >= since);
    const from = Number(searchParams.get('after') ?? 0);
    return { results: wanted.slice(from, from + pageSize), next: from + pageSize < wanted.length ? String(from + pageSize) : null };
  }
}

/** The shop's API in the words of the catalog. */
export const shopDefinition = {
  connector: {
    id: 'shop', name: 'The shop', category: 'commerce',
    inputs: [{ name: 'base_url', title: 'Base URL', pattern: '^https?://[^\\s/?#@]+$' }],
    base_url: '{{inputs.base_url}}', allowed_origins: ['{{inputs.base_url}}'],
    auth: { SECRET_TEXT: { headers: { Authorization: 'Bearer {{credential.secret_text}}' } } },
    verification: { request: { path: '/me' }, account: { id: 'id', name: 'name' } },
    rate_limit: { posture: 'None.' }, latency: 'None.',
  },
  streams: {
    customers: {
      title: 'Customers',
      request: { path: '/customers', query: { after: '{{page.cursor}}', since: '{{cursor.since}}' } },
      record_selector: { path: 'results' }, primary_key: ['id'],
      pagination: { type: 'cursor', next: { path: 'next' } },
      incremental: { cursor_field: 'updated_at', format: 'iso8601' },
      deletion: { mode: 'key_set' },
    },
    orders: {
      title: 'Orders',
      request: { path: '/customers/{{parent.customer_id}}/orders', query: { after: '{{page.cursor}}' } },
      record_selector: { path: 'results' }, primary_key: ['id'],
      pagination: { type: 'cursor', next: { path: 'next' } },
      parent: { stream: 'customers', key_path: 'id', as: 'customer_id' },
    },
  },
} as const;
