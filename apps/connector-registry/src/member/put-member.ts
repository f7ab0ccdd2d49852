import { members, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';
import { inReach } from '../access/in-reach.js';
import { projectWithin, requireAdmin } from '../access/reach.js';
import { recordAudit } from '../audit/record-audit.js';
import { platformOfProject } from '../project/platform-of-project.js';
import type { RegistryParts } from '../registry-parts.js';
import { memberColumns, toMember, type MemberRow } from './to-member.js';

type Contract = typeof members.put;

/**
 * Makes a user a member, or gives a member another role. The same again changes nothing. Of two roles given at once one is given
 * after the other, and the later stays.
 */
export async function putMember({ database }: RegistryParts, { principal, member }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const reach = requireAdmin(principal);
  const projectId = projectWithin(principal, member.projectId);
  const { userId, role } = member;
  return inReach(database, principal, async (tx) => {
    const platformId = await platformOfProject(tx, reach, projectId);
    const put = await upsert(tx, [platformId, projectId, userId, role]);
    if (put !== undefined) {
      const action = put.added ? 'member.added' : 'member.role_changed';
      await recordAudit(tx, { who: principal, tenant: { platformId, projectId }, action, target: { type: 'user', id: userId } });
    }
    const [row] = await tx.query<MemberRow[]>(
      `SELECT ${memberColumns} FROM registry.member m JOIN registry.app_user u ON u.id = m.user_id WHERE m.project_id = $1 AND m.user_id = $2`,
      [projectId, userId],
    );
    return toMember(row!);
  });
}

/** Nothing if the member has that role already. */
async function upsert(tx: EntityManager, values: [platformId: string, projectId: string, userId: string, role: string]): Promise<{ added: boolean } | undefined> {
  try {
    const [row] = await tx.query<{ added: boolean }[]>(
      `INSERT INTO registry.member AS m (platform_id, project_id, user_id, role) VALUES ($1, $2, $3, $4)
       ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role, updated_at = now() WHERE m.role <> excluded.role
       RETURNING xmax = 0 AS added`,
      values,
    );
    return row;
  } catch (error) {
    // The key that leads to the user decides: it must be one of the same platform, and still there at the commit.
    if ((error as { constraint?: unknown }).constraint === 'member_user') throw AppError.notFound('user', values[2]);
    throw error;
  }
}
