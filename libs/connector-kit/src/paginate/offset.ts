import { readCount, saysLast } from './paginator.js';
import type { Paginator } from './paginator.js';

/** Goes on by the number of records received, not asked for: a provider that gives fewer must not make us skip the rest. */
export const offsetPaginator: Paginator<'offset'> = (pagination, { body, records, position, pageSize }) => {
  if (records.length === 0 || saysLast(pagination, body)) return null;
  const { start, total } = pagination;
  const next = (position && 'offset' in position ? position.offset : start) + records.length;
  if (total && next - start >= readCount(body, total)) return null;
  if (pagination.shortPageIsLast && pageSize !== null && records.length < pageSize) return null;
  return { offset: next };
};
