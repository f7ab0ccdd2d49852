import { projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { changedMembers } from '../access/changed-members.js';
import { inReach } from '../access/in-reach.js';
import { projectWithin, requireAdmin } from '../access/reach.js';
import { recordAudit } from '../audit/record-audit.js';
import type { RegistryParts } from '../registry-parts.js';
import { checkReturnUrls } from './check-return-urls.js';
import { projectColumns, toProject, type ProjectRecord } from './to-project.js';

type Contract = typeof projects.update;

/** Changes what is given, the list of return URLs as a whole. An admin of several projects changes the one the request works in. */
export async function updateProject({ database }: RegistryParts, { principal, id, change }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const { platformId } = requireAdmin(principal);
  projectWithin(principal, id);
  checkReturnUrls(change.returnUrls ?? []);
  return inReach(database, principal, async (tx) => {
    const [found] = await tx.query<ProjectRecord[]>(
      `SELECT ${projectColumns} FROM registry.project WHERE id = $1 AND ($2::text IS NULL OR platform_id = $2) FOR NO KEY UPDATE`,
      [id, platformId],
    );
    if (found === undefined) throw AppError.notFound('project', id);
    const changed = changedMembers(toProject(found), change);
    if (changed.length === 0) return toProject(found);
    const [[row]] = await tx.query<[ProjectRecord[], number]>(
      `UPDATE registry.project SET display_name = coalesce($2, display_name), return_urls = coalesce($3, return_urls), updated_at = now() WHERE id = $1 RETURNING ${projectColumns}`,
      [id, change.displayName, change.returnUrls],
    );
    await recordAudit(tx, { who: principal, tenant: { platformId: found.platform_id, projectId: id }, action: 'project.updated', target: { type: 'project', id }, details: { changed } });
    return toProject(row!);
  });
}
