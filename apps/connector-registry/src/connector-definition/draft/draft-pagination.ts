import type { Json } from './document.js';

/** A page of a list as far as a document describes it. */
export interface ListAnswer {
  /** Members of the answer's object, with theirs; none where the answer is the array itself. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, Json> | null>;
}

export interface DraftedPagination {
  readonly pagination: Json;
  readonly query: Readonly<Record<string, string>>;
}

const cursors = ['after', 'cursor', 'page_token', 'pagetoken', 'next_token', 'nexttoken', 'starting_after', 'continuation_token', 'page_cursor', 'start_cursor', 'page[after]', 'page[cursor]'];
const pages = ['page', 'page_number', 'pagenumber', 'page[number]', 'pageindex', 'page_index'];
const offsets = ['offset', 'skip', 'start', 'startat', 'start_at', 'page[offset]'];
const sizes = ['limit', 'page_size', 'pagesize', 'per_page', 'perpage', 'count', 'page[size]', 'page[limit]', 'top', 'maxresults', 'max_results', 'size'];
/** Where the next cursor is, the likeliest first. */
const nextCursors = ['paging.next.after', 'next_cursor', 'nextCursor', 'next_page_token', 'nextPageToken', 'next_token', 'nextToken', 'cursor', 'meta.next_cursor', 'pagination.next_cursor', 'response_metadata.next_cursor', 'meta.cursor', 'pagination.cursor'];
const nextUrls = ['next', 'links.next', '_links.next', 'paging.next.link', 'next_page', 'next_url', 'pagination.next', 'meta.next'];

const sizeAsked = 100;

/** How the pages of a list are gone through, by what its parameters are called. Pure. */
export function draftPagination(parameters: ReadonlyMap<string, Json>, answer: ListAnswer, hasLinkHeader: boolean): DraftedPagination & { readonly guess: string } {
  const find = (wanted: readonly string[]) => [...parameters.keys()].find((name) => wanted.includes(name.toLowerCase().replaceAll('-', '_')));
  const sizeName = find(sizes);
  const size = sizeName === undefined ? undefined : sizeOf(parameters.get(sizeName)!);
  const asked: Json = size === undefined ? {} : { page_size: size };
  const sized: Readonly<Record<string, string>> = sizeName === undefined ? {} : { [sizeName]: '{{page.size}}' };
  const [cursor, page, offset] = [find(cursors), find(pages), find(offsets)];
  const nextCursor = nextCursors.find((path) => has(answer, path));
  const nextUrl = nextUrls.find((path) => has(answer, path));
  if (cursor !== undefined) {
    const path = nextCursor ?? (cursor === 'starting_after' ? undefined : 'next_cursor');
    const next = path === undefined ? { last_record: 'id' } : { path };
    return {
      pagination: { type: 'cursor', ...asked, next },
      query: { [cursor]: '{{page.cursor}}', ...sized },
      guess: `by cursor, for its parameter "${cursor}"; the next one is taken from ${path === undefined ? 'the last record\'s "id"' : `"${path}"${nextCursor === undefined ? ', which the document does not name' : ''}`}`,
    };
  }
  if (hasLinkHeader) return { pagination: { type: 'link_header', ...asked }, query: sized, guess: 'by the Link header, which the answer has' };
  if (offset !== undefined) return { pagination: { type: 'offset', ...asked }, query: { [offset]: '{{page.offset}}', ...sized }, guess: `by offset, for its parameter "${offset}"` };
  if (page !== undefined) return { pagination: { type: 'page', start: page.toLowerCase().includes('index') ? 0 : 1, ...asked }, query: { [page]: '{{page.number}}', ...sized }, guess: `by page number, for its parameter "${page}"` };
  if (nextUrl !== undefined) return { pagination: { type: 'next_url', next: nextUrl, ...asked }, query: sized, guess: `by the next page's address in "${nextUrl}"` };
  return { pagination: { type: 'none' }, query: {}, guess: 'as one page: no parameter looks like paging' };
}

function has({ members }: ListAnswer, path: string): boolean {
  const [first, ...rest] = path.split('.');
  const below = members.get(first!);
  if (below === undefined) return false;
  return rest.length === 0 ? below === null || below.size === 0 : below?.has(rest.join('.')) === true;
}

function sizeOf(parameter: Json): number {
  const schema = (parameter['schema'] ?? {}) as Json;
  const most = schema['maximum'];
  return typeof most === 'number' && Number.isInteger(most) && most >= 1 ? Math.min(most, sizeAsked) : sizeAsked;
}
