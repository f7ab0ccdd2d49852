import { readPath } from '../read-path.js';
import { malformed, readToken, saysLast } from './paginator.js';
import type { Paginator } from './paginator.js';

/** A field of the answer is the next page's address, absolute or relative. */
export const nextUrlPaginator: Paginator<'next_url'> = (pagination, { body }) => {
  if (saysLast(pagination, body)) return null;
  const raw = readPath(body, pagination.next);
  if (typeof raw === 'number') throw malformed('the answer has a number where the next address should be');
  const url = readToken(raw);
  return url === null ? null : { url };
};
