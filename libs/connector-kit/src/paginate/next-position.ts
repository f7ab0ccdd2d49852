import type { Pagination, PaginationType } from '@trunkline/catalog';
import { cursorPaginator } from './cursor.js';
import { graphqlCursorPaginator } from './graphql-cursor.js';
import { linkHeaderPaginator } from './link-header.js';
import { nextUrlPaginator } from './next-url.js';
import { nonePaginator } from './none.js';
import { offsetPaginator } from './offset.js';
import { pagePaginator } from './page.js';
import type { PageSeen, Paginator, Position } from './paginator.js';

const paginators: { readonly [Type in PaginationType]: Paginator<Type> } = {
  cursor: cursorPaginator,
  page: pagePaginator,
  offset: offsetPaginator,
  link_header: linkHeaderPaginator,
  next_url: nextUrlPaginator,
  graphql_cursor: graphqlCursorPaginator,
  none: nonePaginator,
};

/** Where the next page is, as this page tells; null after the last. @throws ProviderError `malformed` */
export const nextPosition = (pagination: Pagination, page: PageSeen): Position | null =>
  (paginators[pagination.type] as Paginator<PaginationType>)(pagination, page);
