import type { PageQuery } from './page-query.js';
import { readCursor, writeCursor } from './position-cursor.js';
import type { Cursor } from './position-cursor.js';
import { firstAfter, firstSince } from './record-stream.js';
import type { Entry, RecordStream } from './record-stream.js';

/** A page ready to be sent: its body is JSON already, put together from the records' own JSON. */
export interface Page {
  body: string;
  headers?: Record<string, string>;
}

/** A slice of the order, and the cursor behind it when there is more. */
export interface Slice {
  entries: Entry[];
  next: string | null;
}

/** Reads on from a cursor; or from a time, tombstones included; or from the start. */
export function readSlice(records: RecordStream, from: { cursor?: Cursor; since?: number; withDeleted: boolean }, size: number): Slice {
  const withDeleted = from.cursor?.withDeleted ?? (from.withDeleted || from.since !== undefined);
  const list = withDeleted ? records.all : records.live;
  const sinceIndex = from.since === undefined ? 0 : firstSince(list, from.since);
  const start = from.cursor ? Math.max(sinceIndex, firstAfter(list, from.cursor)) : sinceIndex;
  const entries = list.slice(start, start + size);
  const last = entries.at(-1);
  return { entries, next: last && start + size < list.length ? writeCursor({ at: last.at, id: last.id, withDeleted }) : null };
}

/** Contacts: an opaque cursor in `paging.next.after`; no `paging` on the last page. */
export function contactsPage(records: RecordStream, query: PageQuery<'contacts'>): Page {
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor, 'cursor');
  const slice = readSlice(records, { cursor, since: query.updated_since, withDeleted: query.include_deleted }, query.limit);
  const paging = slice.next === null ? '' : `,"paging":{"next":{"after":${JSON.stringify(slice.next)}}}`;
  return { body: `{"results":${listOf(slice.entries)}${paging}}` };
}

/** Companies: numbered pages with totals in the body. */
export function companiesPage(records: RecordStream, query: PageQuery<'companies'>): Page {
  const { entries, total, pages } = numbered(records, query);
  return { body: `{"data":${listOf(entries)},"page":${query.page},"per_page":${query.per_page},"total_pages":${pages},"total":${total}}` };
}

/** Deals: a bare array, with the way on in the Link header (RFC 8288). `url` is the absolute address of this request. */
export function dealsPage(records: RecordStream, query: PageQuery<'deals'>, url: URL): Page {
  const { entries, pages } = numbered(records, query);
  const link = (rel: string, page: number) => {
    const target = new URL(url);
    target.searchParams.set('per_page', String(query.per_page));
    target.searchParams.set('page', String(page));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(query.page < pages ? [link('next', query.page + 1), link('last', pages)] : []),
    ...(query.page > 1 ? [link('first', 1), link('prev', query.page - 1)] : []),
  ];
  return { body: listOf(entries), headers: links.length > 0 ? { link: links.join(', ') } : {} };
}

/** Activities: the absolute address of the next page, or null. `base` is the absolute address of the stream, without a query. */
export function activitiesPage(records: RecordStream, query: PageQuery<'activities'>, base: string): Page {
  const cursor = query.after === undefined ? undefined : readCursor(query.after, 'after');
  const slice = readSlice(records, { cursor, since: query.updated_since, withDeleted: query.include_deleted }, query.limit);
  const next = slice.next === null ? null : `${base}?limit=${query.limit}&after=${slice.next}`;
  return { body: `{"items":${listOf(slice.entries)},"next":${JSON.stringify(next)}}` };
}

function numbered(records: RecordStream, query: { per_page: number; page: number; updated_since?: number; include_deleted: boolean }) {
  const list = query.include_deleted || query.updated_since !== undefined ? records.all : records.live;
  const first = query.updated_since === undefined ? 0 : firstSince(list, query.updated_since);
  const total = list.length - first;
  const start = first + (query.page - 1) * query.per_page;
  return { entries: list.slice(start, start + query.per_page), total, pages: Math.ceil(total / query.per_page) };
}

function listOf(entries: Entry[]): string {
  let text = '[';
  for (let i = 0; i < entries.length; i += 1) text += (i === 0 ? '' : ',') + (entries[i] as Entry).json;
  return `${text}]`;
}
