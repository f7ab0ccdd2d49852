import { z } from 'zod';

const wholeNumber = (name: string, from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} must be a whole number`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `${name} must be between ${from} and ${to}`);

/** ISO 8601 with a time zone, or a plain date (midnight UTC). */
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be an ISO 8601 time such as 2025-01-31T12:00:00Z')
  .transform((text) => Date.parse(text));
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The query parameters of the four ways of paging, given the largest page. Unknown parameters are ignored, as most vendors do. */
export function pageQueries(pageSizeMax: number) {
  const size = (name: string) => wholeNumber(name, 1, pageSizeMax).default(Math.min(100, pageSizeMax));
  const page = wholeNumber('page', 1, 999_999_999).default(1);
  const updated_since = instant.optional();
  const include_deleted = flag.default(false);
  return {
    contacts: z.object({ limit: size('limit'), cursor: z.string().optional(), updated_since, include_deleted }),
    companies: z.object({ per_page: size('per_page'), page, updated_since, include_deleted }),
    deals: z.object({ per_page: size('per_page'), page, updated_since, include_deleted }),
    activities: z.object({ limit: size('limit'), after: z.string().optional(), updated_since, include_deleted }),
  };
}

export type PageQueries = ReturnType<typeof pageQueries>;
export type PageQuery<K extends keyof PageQueries> = z.output<PageQueries[K]>;
