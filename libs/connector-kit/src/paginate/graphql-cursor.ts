import { readPath } from '../read-path.js';
import { malformed, readToken, saysLast } from './paginator.js';
import type { Paginator } from './paginator.js';

/** Relay's cursor connections: `pageInfo { hasNextPage endCursor }`. */
export const graphqlCursorPaginator: Paginator<'graphql_cursor'> = (pagination, { body }) => {
  if (saysLast(pagination, body)) return null;
  const info = readPath(body, pagination.pageInfo);
  const more = readPath(info, ['hasNextPage']);
  if (typeof more !== 'boolean') throw malformed(`the answer has no hasNextPage at "${pagination.pageInfo.join('.')}"`);
  if (!more) return null;
  const cursor = readToken(readPath(info, ['endCursor']));
  if (cursor === null) throw malformed('the answer says that more follows, but has no endCursor');
  return { cursor };
};
