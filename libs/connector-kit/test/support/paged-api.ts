import type { Received, Reply } from './local-server.js';

export interface Row {
  id: string;
  updated_at: string;
  deleted?: boolean;
}

/** Rows of one minute each, but for ties: every group of `ties` neighbours shares a moment. */
export const makeRows = (count: number, ties = 1, from = Date.UTC(2025, 0, 1)): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r${String(index).padStart(4, '0')}`,
    updated_at: new Date(from + Math.floor(index / ties) * 60_000).toISOString(),
  }));

/** An API over rows, sorted by (updated_at, id), that can be paged in every way. Rows may change while somebody reads. */
export class PagedApi {
  constructor(public rows: Row[]) {}

  /** Changes a row: it gets a new moment and so another place in the order. */
  touch(id: string, updated_at: string, deleted = false): void {
    this.rows = [...this.rows.filter((row) => row.id !== id), { id, updated_at, ...(deleted && { deleted }) }];
  }

  #sorted(since: string | null): Row[] {
    return this.rows
      .filter((row) => since === null || Date.parse(row.updated_at) >= Date.parse(since))
      .sort((left, right) => left.updated_at.localeCompare(right.updated_at) || left.id.localeCompare(right.id));
  }

  readonly answer = ({ path, query, body }: Received, origin: string): Reply => {
    const graphql = path === '/api/graphql' ? (JSON.parse(body) as { variables: { first: number; after?: string; since?: string } }).variables : null;
    const all = this.#sorted(graphql ? (graphql.since ?? null) : query.get('since'));
    const size = graphql?.first ?? Number(query.get('size') ?? 10);
    const slice = (from: number) => all.slice(from, from + size);
    const after = (token: string | null | undefined) => (token ? all.findIndex((row) => `${row.updated_at}/${row.id}` > token) : 0);
    const cursorOf = (rows: Row[]) => (rows.length > 0 ? `${rows.at(-1)!.updated_at}/${rows.at(-1)!.id}` : null);
    const keyset = (token: string | null | undefined) => {
      const from = after(token);
      const rows = from === -1 ? [] : slice(from);
      return { rows, next: from !== -1 && from + size < all.length ? cursorOf(rows) : null };
    };
    switch (path) {
      case '/api/cursor': {
        const { rows, next } = keyset(query.get('cursor'));
        return { body: { items: rows, paging: next === null ? undefined : { next: { after: next } } } };
      }
      case '/api/header-cursor': {
        const { rows, next } = keyset(query.get('cursor'));
        return { body: { items: rows }, headers: next === null ? {} : { 'x-next': next } };
      }
      case '/api/last-record': {
        const ids = [...all].sort((left, right) => left.id.localeCompare(right.id));
        const from = query.has('starting_after') ? ids.findIndex(({ id }) => id === query.get('starting_after')) + 1 : 0;
        return { body: { items: ids.slice(from, from + size), has_more: from + size < ids.length } };
      }
      case '/api/page': {
        const page = Number(query.get('page') ?? 1);
        return { body: { items: slice((page - 1) * size), total_pages: Math.ceil(all.length / size), total: all.length } };
      }
      case '/api/offset':
        return { body: { items: slice(Number(query.get('offset') ?? 0)), total: String(all.length) } };
      case '/api/link': {
        const page = Number(query.get('page') ?? 1);
        const target = new URL(`${origin}${path}`);
        for (const [name, value] of query) target.searchParams.set(name, value);
        target.searchParams.set('page', String(page + 1));
        const more = page * size < all.length;
        return { body: slice((page - 1) * size), headers: more ? { link: `<${origin}/api/link?page=1>; rel="first", <${target.href}>; rel="next"` } : {} };
      }
      case '/api/next': {
        const { rows, next } = keyset(query.get('after'));
        return { body: { items: rows, links: { next: next === null ? null : `/api/next?size=${size}&after=${encodeURIComponent(next)}` } } };
      }
      case '/api/graphql': {
        const { rows, next } = keyset(graphql?.after);
        return { body: { data: { items: { edges: rows.map((node) => ({ node })), pageInfo: { hasNextPage: next !== null, endCursor: cursorOf(rows) } } } } };
      }
      case '/api/none':
        return { body: { items: all } };
      default:
        return { status: 404, body: { error: 'nothing here' } };
    }
  };
}

const incremental = { cursor_field: 'updated_at', format: 'iso8601' };
const fields = { title: 'Items', primary_key: ['id'], deleted_when: { path: 'deleted', equals: true }, record_selector: { path: 'items' }, incremental };
const query = { size: '{{page.size}}', since: '{{cursor.since}}' };

/** One stream for each way of paging {@link PagedApi}. */
export const pagedStreams = {
  cursor: {
    ...fields,
    request: { path: '/cursor', query: { ...query, cursor: '{{page.cursor}}' } },
    pagination: { type: 'cursor', page_size: 10, max_page_size: 50, next: { path: 'paging.next.after' } },
  },
  header_cursor: {
    ...fields,
    request: { path: '/header-cursor', query: { ...query, cursor: '{{page.cursor}}' } },
    pagination: { type: 'cursor', page_size: 10, next: { header: 'X-Next' } },
  },
  last_record: {
    ...fields,
    request: { path: '/last-record', query: { ...query, starting_after: '{{page.cursor}}' } },
    pagination: { type: 'cursor', page_size: 10, next: { last_record: 'id' }, more: 'has_more' },
  },
  page: {
    ...fields,
    request: { path: '/page', query: { ...query, page: '{{page.number}}' } },
    pagination: { type: 'page', page_size: 10, max_page_size: 50, total_pages: 'total_pages' },
    incremental: { ...incremental, order: 'ascending' },
  },
  page_counted: {
    ...fields,
    request: { path: '/page', query: { ...query, page: '{{page.number}}' } },
    pagination: { type: 'page', page_size: 10, total: 'total' },
  },
  page_until_empty: {
    ...fields,
    request: { path: '/page', query: { ...query, page: '{{page.number}}' } },
    pagination: { type: 'page', page_size: 10 },
  },
  offset: {
    ...fields,
    request: { path: '/offset', query: { ...query, offset: '{{page.offset}}' } },
    pagination: { type: 'offset', page_size: 10, total: 'total' },
  },
  offset_sorted: {
    ...fields,
    request: { path: '/offset', query: { ...query, offset: '{{page.offset}}' } },
    pagination: { type: 'offset', page_size: 10, max_page_size: 50, short_page_is_last: true },
    incremental: { ...incremental, order: 'ascending' },
  },
  link_header: {
    ...fields,
    record_selector: { path: '' },
    request: { path: '/link', query },
    pagination: { type: 'link_header', page_size: 10, max_page_size: 50 },
    incremental: { ...incremental, order: 'ascending' },
  },
  link_header_followed: {
    ...fields,
    record_selector: { path: '' },
    request: { path: '/link', query },
    pagination: { type: 'link_header', page_size: 10 },
  },
  next_url: {
    ...fields,
    request: { path: '/next', query },
    pagination: { type: 'next_url', page_size: 10, next: 'links.next' },
  },
  graphql_cursor: {
    ...fields,
    record_selector: { path: 'data.items.edges.*.node' },
    request: {
      method: 'POST',
      path: '/graphql',
      body: {
        graphql: {
          query: 'query ($first: Int!, $after: String, $since: String) { items(first: $first, after: $after, since: $since) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
          variables: { first: '{{page.size}}', after: '{{page.cursor}}', since: '{{cursor.since}}' },
        },
      },
    },
    pagination: { type: 'graphql_cursor', page_size: 10, page_info: 'data.items.pageInfo' },
  },
  none: { ...fields, request: { path: '/none', query: { since: '{{cursor.since}}' } }, pagination: { type: 'none' } },
};
export type PagedStream = keyof typeof pagedStreams;
