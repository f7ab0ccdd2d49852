import { z } from 'zod';
import { condition } from './condition.js';
import { headerName } from './header-rules.js';
import { shape } from './shape.js';
import { valuePath } from './value-path.js';

const size = z.int().min(1).max(100_000);

/** What every kind may say besides its own. */
const common = {
  /** Records asked for per page (`{{page.size}}`), unless the caller wants another number. */
  page_size: size.optional(),
  /** The provider's ceiling: a caller's wish is lowered to it. */
  max_page_size: size.optional(),
  /** More pages of one parent and window than this never end. */
  max_pages: z.int().min(1).max(1_000_000).optional(),
  /** Path of a true/false that says whether more follows. Once named it must be there. */
  more: valuePath.optional(),
  /** The page this holds for is the last one. */
  stop_when: condition.optional(),
};

/** For kinds that count: where the provider says how much there is. Without it the first empty page ends the reading. */
const totals = {
  total: valuePath.optional(),
  /** A page with fewer records than asked for is the last. Only where the provider never lowers the page size by itself. */
  short_page_is_last: z.boolean().default(false),
};

/** `{{page.cursor}}` of the next page comes from the answer: a path, a header, or a field of the last record. */
const cursorPagination = shape({
  type: z.literal('cursor'),
  ...common,
  next: shape({ path: valuePath.optional(), header: headerName.optional(), last_record: valuePath.optional() }, (value, report) => {
    if (Object.keys(value).length !== 1) report([], 'needs exactly one of "path", "header" and "last_record"');
  }),
});

/** `{{page.number}}` counts pages. */
const pagePagination = shape({ type: z.literal('page'), ...common, start: z.int().min(0).default(1), total_pages: valuePath.optional(), ...totals });

/** `{{page.offset}}` counts records received so far. */
const offsetPagination = shape({ type: z.literal('offset'), ...common, start: z.int().min(0).default(0), ...totals });

/** The `Link` header (RFC 8288) with `rel="next"` holds the whole next URL. */
const linkHeaderPagination = shape({ type: z.literal('link_header'), ...common });

/** A field of the answer holds the whole next URL, absolute or relative to the request. */
const nextUrlPagination = shape({ type: z.literal('next_url'), ...common, next: valuePath });

/** Relay connections: `page_info` is the path of the `{hasNextPage, endCursor}`; `{{page.cursor}}` goes into a variable. */
const graphqlCursorPagination = shape({ type: z.literal('graphql_cursor'), ...common, page_info: valuePath });

/** One request, one page. */
const nonePagination = shape({ type: z.literal('none') });

export const pagination = z.discriminatedUnion(
  'type',
  [
    cursorPagination,
    pagePagination,
    offsetPagination,
    linkHeaderPagination,
    nextUrlPagination,
    graphqlCursorPagination,
    nonePagination,
  ],
  { error: 'type must be cursor, page, offset, link_header, next_url, graphql_cursor or none' },
);
export type Pagination = z.output<typeof pagination>;
export type PaginationType = Pagination['type'];
export type PaginationOf<Type extends PaginationType> = Extract<Pagination, { type: Type }>;

/** The page variables each kind offers to the request, and the one it cannot do without. */
export const pageVariables: Readonly<Record<PaginationType, { readonly offered: readonly string[]; readonly needed: string | null }>> = {
  cursor: { offered: ['size', 'cursor'], needed: 'cursor' },
  page: { offered: ['size', 'number'], needed: 'number' },
  offset: { offered: ['size', 'offset'], needed: 'offset' },
  link_header: { offered: ['size'], needed: null },
  next_url: { offered: ['size'], needed: null },
  graphql_cursor: { offered: ['size', 'cursor'], needed: 'cursor' },
  none: { offered: [], needed: null },
};
