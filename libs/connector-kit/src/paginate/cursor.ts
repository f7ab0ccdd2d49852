import { readPath } from '../read-path.js';
import { malformed, readToken, saysLast } from './paginator.js';
import type { Paginator } from './paginator.js';

/** The next page's cursor is in the answer: in a field, a header, or the last record (Stripe's `starting_after`). */
export const cursorPaginator: Paginator<'cursor'> = (pagination, { body, headers, records }) => {
  if (saysLast(pagination, body)) return null;
  const { path, header, lastRecord } = pagination.next;
  if (lastRecord === undefined) {
    const token = readToken(path === undefined ? headers[header!.toLowerCase()] : readPath(body, path));
    return token === null ? null : { cursor: token };
  }
  if (records.length === 0) return null;
  const token = readToken(readPath(records.at(-1), lastRecord));
  if (token === null) throw malformed(`the last record has no "${lastRecord.join('.')}" to go on from`);
  return { cursor: token };
};
