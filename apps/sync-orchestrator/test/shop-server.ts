import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startHttpServer, type TestHttpServer } from '@trunkline/testing';
import { send } from './crm-server.js';

export type ShopStream = 'products' | 'shelves' | 'orders' | 'notes' | 'metered';

export interface ShopRow {
  readonly id: string | number;
  readonly updated_at?: string;
  readonly [name: string]: unknown;
}

export interface ShopRequest {
  readonly stream: ShopStream;
  readonly url: URL;
  /** How many of the stream were asked for, this one included. */
  readonly number: number;
  readonly authorization: string | undefined;
  readonly at: number;
}

export interface ShopServer extends Pick<TestHttpServer, 'url' | 'authority' | 'close'> {
  rows: Record<ShopStream, ShopRow[]>;
  readonly requests: ShopRequest[];
  /** Looks at a request before it is answered; what it writes itself is the answer. */
  intercept(interception: ((request: ShopRequest, response: ServerResponse) => Promise<'answered' | void> | 'answered' | void) | null): void;
}

/** Where the connector `shop` is described. */
export const shopCatalog = fileURLToPath(new URL('./catalog', import.meta.url));

/** The API of the connector `shop`: lists in pages, the next one behind the id of the last row, or so many rows further on. */
export async function startShop(rows: Partial<Record<ShopStream, ShopRow[]>>): Promise<ShopServer> {
  const requests: ShopRequest[] = [];
  let interception: Parameters<ShopServer['intercept']>[0] = null;
  const shop: Omit<ShopServer, 'url' | 'authority' | 'close'> = {
    rows: { products: [], shelves: [], orders: [], notes: [], metered: [], ...rows },
    requests,
    intercept: (next) => (interception = next),
  };
  const server = await startHttpServer(async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const stream = url.pathname.slice(1) as ShopStream;
    if (!Object.hasOwn(shop.rows, stream)) return send(response, 404, { error: 'not found' });
    const seen: ShopRequest = { stream, url, number: requests.filter((one) => one.stream === stream).length + 1, authorization: request.headers.authorization, at: performance.now() };
    requests.push(seen);
    if ((await interception?.(seen, response)) === 'answered') return;
    const since = url.searchParams.get('since');
    const visible = shop.rows[stream].filter(({ updated_at }) => since === null || updated_at === undefined || updated_at >= since);
    const after = url.searchParams.get('after');
    const from = after === null ? Number(url.searchParams.get('offset') ?? 0) : visible.findIndex(({ id }) => String(id) === after) + 1;
    const size = Number(url.searchParams.get('limit') ?? 10);
    const items = visible.slice(from, from + size);
    const last = items.at(-1);
    const next = last !== undefined && from + size < visible.length ? String(last.id) : null;
    send(response, 200, { items, total: visible.length, next: stream === 'notes' && next !== null ? `${server.url}/notes?after=${next}` : next });
  });
  return Object.assign(shop, { url: server.url, authority: server.authority, close: () => server.close() });
}
