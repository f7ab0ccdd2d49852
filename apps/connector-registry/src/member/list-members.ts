import { members, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { projectWithin, requireAdminOrPerson } from '../access/reach.js';
import { platformOfProject } from '../project/platform-of-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { memberColumns, toMember, type MemberRow } from './to-member.js';

type Contract = typeof members.list;

/** The members of a project, oldest first. */
export async function listMembers({ database, pages }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, limit, cursor } = request;
  const reach = requireAdminOrPerson(principal);
  const projectId = projectWithin(principal, request.projectId);
  const columns = { at: 'm.created_at', id: 'm.user_id' };
  const { rows, next, previous } = await pages.read({ limit, cursor }, { list: 'members', projectId }, { columns, firstParameter: 2 }, (page) =>
    inReach(database, principal, async (tx) => {
      await platformOfProject(tx, reach, projectId);
      return tx.query<(MemberRow & { id: string; cursor_at: string })[]>(
        `SELECT ${memberColumns}, m.user_id AS id, m.created_at::text AS cursor_at FROM registry.member m JOIN registry.app_user u ON u.id = m.user_id
         WHERE m.project_id = $1 AND ${page.condition} ORDER BY ${page.order} LIMIT ${page.limit}`,
        [projectId, ...page.values],
      );
    }),
  );
  return { data: rows.map(toMember), next, previous };
}
