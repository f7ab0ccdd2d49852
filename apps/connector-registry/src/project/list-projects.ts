import { projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import type { RegistryParts } from '../registry-parts.js';
import { projectColumns, toProject, type ProjectRecord } from './to-project.js';
import { visible, visibleTo } from './visible-projects.js';

type Contract = typeof projects.list;

/** Those the principal reaches. */
export async function listProjects({ database, pages }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, platformId, limit, cursor } = request;
  const [own, projectId, memberId] = visibleTo(principal);
  if (platformId !== undefined && own !== null && platformId !== own) throw AppError.notFound('platform', platformId);
  const binding = { list: 'projects', platformId: own ?? platformId, projectId, memberId };
  const { rows, next, previous } = await pages.read({ limit, cursor }, binding, { firstParameter: 4 }, (page) =>
    inReach(database, principal, (tx) =>
      tx.query<(ProjectRecord & { cursor_at: string })[]>(
        `SELECT ${projectColumns}, created_at::text AS cursor_at FROM registry.project WHERE ${visible} AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [own ?? platformId ?? null, projectId, memberId, ...page.values],
      ),
    ),
  );
  return { data: rows.map(toProject), next, previous };
}
