import { members, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { projectWithin, requireAdmin } from '../access/reach.js';
import { recordAudit } from '../audit/record-audit.js';
import { platformOfProject } from '../project/platform-of-project.js';
import type { RegistryParts } from '../registry-parts.js';

type Contract = typeof members.remove;

/** Ends a membership. Who is no member (any more, or at all) is not removed, and nothing is said about who exists. */
export async function removeMember({ database }: RegistryParts, request: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { principal, userId } = request;
  const reach = requireAdmin(principal);
  const projectId = projectWithin(principal, request.projectId);
  return inReach(database, principal, async (tx) => {
    const platformId = await platformOfProject(tx, reach, projectId);
    const [, removed] = await tx.query<[unknown[], number]>('DELETE FROM registry.member WHERE project_id = $1 AND user_id = $2', [projectId, userId]);
    if (removed > 0) await recordAudit(tx, { who: principal, tenant: { platformId, projectId }, action: 'member.removed', target: { type: 'user', id: userId } });
    return { removed: removed > 0 };
  });
}
