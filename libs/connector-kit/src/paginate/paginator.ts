import type { Pagination, PaginationOf, PaginationType } from '@trunkline/catalog';
import { holds } from '../answer/classify-answer.js';
import { ProviderError } from '../provider-error.js';
import { readPath } from '../read-path.js';

/** Where a page is. Plain JSON, so that it can be kept and read from in another process. */
export type Position = { readonly cursor: string } | { readonly page: number } | { readonly offset: number } | { readonly url: string };

/** A page that was read, as far as finding the next one needs it. */
export interface PageSeen {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The address it was asked from, without credential. */
  readonly url: string;
  readonly records: readonly unknown[];
  /** Where this page was; null for the first. */
  readonly position: Position | null;
  readonly pageSize: number | null;
}

/** Finds the next page, null after the last. Throws ProviderError `malformed` if the answer does not say what it should. */
export type Paginator<Type extends PaginationType> = (pagination: PaginationOf<Type>, page: PageSeen) => Position | null;

export const malformed = (what: string) => new ProviderError('malformed', what);

/** What every kind may say: true if this page is the last whatever else it tells. */
export function saysLast(pagination: Exclude<Pagination, { type: 'none' }>, body: unknown): boolean {
  if (pagination.stopWhen && holds(pagination.stopWhen, body)) return true;
  if (pagination.more === undefined) return false;
  const more = readPath(body, pagination.more);
  if (typeof more !== 'boolean') throw malformed(`the answer does not say at "${pagination.more.join('.')}" whether more follows`);
  return !more;
}

/** A count the answer must hold. Some providers put numbers in quotes. */
export function readCount(body: unknown, path: readonly string[]): number {
  const raw = readPath(body, path);
  const count = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) throw malformed(`the answer has no count at "${path.join('.')}"`);
  return count;
}

/** A cursor or address the answer may hold; null if there is none. */
export function readToken(raw: unknown): string | null {
  if (raw === undefined || raw === null || raw === '' || raw === false) return null;
  if (typeof raw === 'string' || typeof raw === 'number') return String(raw);
  throw malformed('the answer has something else where the next cursor should be');
}
