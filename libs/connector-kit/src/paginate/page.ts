import { readCount, saysLast } from './paginator.js';
import type { Paginator } from './paginator.js';

/** Pages are numbered. Without a total the first empty page is the end: a provider may give fewer records than asked for. */
export const pagePaginator: Paginator<'page'> = (pagination, { body, records, position, pageSize }) => {
  if (records.length === 0 || saysLast(pagination, body)) return null;
  const { start, totalPages, total } = pagination;
  const page = position && 'page' in position ? position.page : start;
  const read = page - start + 1;
  if (totalPages && read >= readCount(body, totalPages)) return null;
  if (total && pageSize !== null && read * pageSize >= readCount(body, total)) return null;
  if (pagination.shortPageIsLast && pageSize !== null && records.length < pageSize) return null;
  return { page: page + 1 };
};
