import type { paths } from './schema.js';

interface Page<Item> {
  data: Item[];
  next: string | null;
}
type PageAt<Path extends keyof paths> = paths[Path] extends { get: { responses: { 200: { content: { 'application/json': infer Body } } } } } ? Body : never;

/** The lists that come in pages. */
export type PagedPath = { [Path in keyof paths]: [PageAt<Path>] extends [never] ? never : PageAt<Path> extends Page<unknown> ? Path : never }[keyof paths];
export type ItemOf<Path extends PagedPath> = PageAt<Path> extends Page<infer Item> ? Item : never;
/** The list's own filters; the cursor is kept here. */
export type QueryOf<Path extends PagedPath> = paths[Path] extends { get: { parameters: { query?: infer Query } } } ? Omit<NonNullable<Query>, 'cursor'> : never;

/** Asks for a page when the one before has been taken. */
export async function* paginate<Item>(get: (more: { limit?: number; cursor?: string }) => Promise<unknown>, query: object | undefined): AsyncGenerator<Item> {
  const limit = query !== undefined && 'limit' in query ? {} : { limit: 100 };
  let cursor: string | undefined;
  do {
    const page = (await get({ ...limit, ...(cursor === undefined ? {} : { cursor }) })) as Page<Item>;
    yield* page.data;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
