import { z } from 'zod';

/** Members of a request for one page of a list. `cursor` is what an earlier answer gave as `next` or `previous`. */
export const pageRequest = {
  limit: z.int().min(1).max(100).default(10),
  cursor: z.string().min(1).max(1_024).optional(),
};

/** One page, oldest first. A cursor is opaque, signed, and of use only to the tenant and the filters it was made for. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next: z.string().nullable(), previous: z.string().nullable() });
