import { newId, projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { inReach } from '../access/in-reach.js';
import { platformWithin, requireManager } from '../access/require-manager.js';
import { recordAudit } from '../audit/record-audit.js';
import { sharePreselected } from '../connection/share-preselected.js';
import { requirePlatform } from '../platform/require-platform.js';
import type { RegistryParts } from '../registry-parts.js';
import { checkReturnUrls } from './check-return-urls.js';
import { projectColumns, toProject, type ProjectRecord } from './to-project.js';

type Contract = typeof projects.create;

/** Makes a project of a platform. Twice makes two: a project's name is no key. */
export async function createProject({ database, outbox }: RegistryParts, { principal, project }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const platformId = platformWithin(requireManager(principal), project.platformId);
  checkReturnUrls(project.returnUrls);
  return inReach(database, principal, async (tx) => {
    await requirePlatform(tx, platformId);
    const id = newId('project');
    const [row] = await tx.query<ProjectRecord[]>(
      `INSERT INTO registry.project (id, platform_id, display_name, return_urls) VALUES ($1, $2, $3, $4) RETURNING ${projectColumns}`,
      [id, platformId, project.displayName, project.returnUrls],
    );
    await sharePreselected(tx, { platformId, projectId: id }, outbox);
    await recordAudit(tx, { who: principal, tenant: { platformId, projectId: id }, action: 'project.created', target: { type: 'project', id } });
    return toProject(row!);
  });
}
