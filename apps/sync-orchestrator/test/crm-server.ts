import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpServer, type TestHttpServer } from '@trunkline/testing';

export const crmStreams = ['activities', 'companies', 'contacts', 'deals'] as const;
export type CrmStream = (typeof crmStreams)[number];

export interface CrmRow {
  id: string;
  updated_at: string;
  deleted?: boolean;
  [name: string]: unknown;
}

/** Looks at a request before it is answered; what it writes itself is the answer. */
export type Interception = (request: { stream: CrmStream; url: URL; number: number; authorization: string | undefined }, response: ServerResponse) => Promise<'answered' | void> | 'answered' | void;

export interface CrmServer extends Pick<TestHttpServer, 'url' | 'authority' | 'close'> {
  /** Rows of a stream in order of their last change. */
  rows(stream: CrmStream): CrmRow[];
  /** Adds or changes a row: it becomes the newest. */
  put(stream: CrmStream, row: { id: string; deleted?: boolean; [name: string]: unknown }): void;
  /** Requests so far, by stream. */
  requests(stream: CrmStream): number;
  intercept(interception: Interception | null): void;
  /** Bearer tokens and keys that are accepted; null for any. */
  accept(tokens: readonly string[] | null): void;
}

const firstMoment = Date.parse('2025-01-01T00:00:00.000Z');

/**
 * A CRM's API as the connector `sandbox_crm` describes it, with its four ways of paging, over real HTTP. Everything that can go wrong
 * is put in from outside.
 */
export async function startCrm(sizes: Partial<Record<CrmStream, number>>, { padding = 0 } = {}): Promise<CrmServer> {
  let clock = firstMoment;
  const tables = new Map<CrmStream, CrmRow[]>();
  const counts = new Map<CrmStream, number>();
  let interception: Interception | null = null;
  let accepted: readonly string[] | null = null;

  const put: CrmServer['put'] = (stream, row) => {
    const table = tables.get(stream)!;
    const index = table.findIndex(({ id }) => id === row.id);
    if (index !== -1) table.splice(index, 1);
    table.push({ ...row, updated_at: new Date((clock += 1_000)).toISOString() });
  };
  for (const stream of crmStreams) {
    const table: CrmRow[] = [];
    tables.set(stream, table);
    for (let number = 1; number <= (sizes[stream] ?? 0); number += 1) {
      table.push({ id: `${stream.slice(0, 3)}_${String(number).padStart(8, '0')}`, name: `${stream} ${number}`, note: 'x'.repeat(padding), updated_at: new Date((clock += 1_000)).toISOString() });
    }
  }

  const visible = (stream: CrmStream, since: string | null) =>
    tables.get(stream)!.filter((row) => (since === null ? row.deleted !== true : row.updated_at >= since)).map((row) => (row.deleted === true ? { id: row.id, deleted: true, updated_at: row.updated_at } : row));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const stream = crmStreams.find((name) => url.pathname === `/crm/v1/${name}`);
    if (stream === undefined) return send(response, 404, { error: 'not found' });
    const number = (counts.get(stream) ?? 0) + 1;
    counts.set(stream, number);
    const { authorization } = request.headers;
    if ((await interception?.({ stream, url, number, authorization }, response)) === 'answered') return;
    const token = authorization?.replace(/^Bearer /, '') ?? request.headers['x-api-key'];
    if (accepted !== null && !accepted.includes(String(token))) return send(response, 401, { error: 'invalid_token' });
    const rows = visible(stream, url.searchParams.get('updated_since'));
    pageOf[stream](rows, url, response);
  }

  const server = await startHttpServer(answer);
  return {
    ...server,
    rows: (stream) => tables.get(stream)!,
    put,
    requests: (stream) => counts.get(stream) ?? 0,
    intercept: (next) => (interception = next),
    accept: (tokens) => (accepted = tokens),
  };
}

export function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers });
  response.end(text);
}

const pageOf: Record<CrmStream, (rows: CrmRow[], url: URL, response: ServerResponse) => void> = {
  contacts(rows, url, response) {
    const { page, next } = slice(rows, url, 'cursor');
    send(response, 200, { results: page, ...(next === null ? {} : { paging: { next: { after: next } } }) });
  },
  activities(rows, url, response) {
    const { page, next } = slice(rows, url, 'after');
    const further = new URL(url);
    if (next !== null) further.searchParams.set('after', next);
    send(response, 200, { items: page, next: next === null ? null : further.href });
  },
  companies(rows, url, response) {
    const { page, number, pages } = numbered(rows, url);
    send(response, 200, { data: page, page: number, total_pages: pages, total: rows.length });
  },
  deals(rows, url, response) {
    const { page, number, pages } = numbered(rows, url);
    const further = new URL(url);
    further.searchParams.set('page', String(number + 1));
    send(response, 200, page, number < pages ? { link: `<${further.href}>; rel="next"` } : {});
  },
};

/** A cursor is the position (change, id) behind which to go on. */
function slice(rows: CrmRow[], url: URL, parameter: string): { page: CrmRow[]; next: string | null } {
  const size = Number(url.searchParams.get('limit') ?? 100);
  const cursor = url.searchParams.get(parameter);
  const after = cursor === null ? -1 : rows.findLastIndex((row) => `${row.updated_at} ${row.id}` <= Buffer.from(cursor, 'base64url').toString());
  const page = rows.slice(after + 1, after + 1 + size);
  const last = page.at(-1);
  return { page, next: last !== undefined && after + 1 + size < rows.length ? Buffer.from(`${last.updated_at} ${last.id}`).toString('base64url') : null };
}

function numbered(rows: CrmRow[], url: URL): { page: CrmRow[]; number: number; pages: number } {
  const size = Number(url.searchParams.get('per_page') ?? 100);
  const number = Number(url.searchParams.get('page') ?? 1);
  return { page: rows.slice((number - 1) * size, number * size), number, pages: Math.ceil(rows.length / size) };
}
