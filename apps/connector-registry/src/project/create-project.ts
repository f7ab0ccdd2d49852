import { newId, projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { platformWithin, requireManager } from '../access/require-manager.js';
import { requirePlatform } from '../platform/require-platform.js';
import type { RegistryParts } from '../registry-parts.js';
import { ProjectRow } from './project.entity.js';
import { returnUrlProblem } from './return-url.js';

type Contract = typeof projects.create;

/** Makes a project of a platform. Twice makes two: a project's name is no key. */
export async function createProject({ database }: RegistryParts, { principal, project }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const platformId = platformWithin(requireManager(principal), project.platformId);
  checkReturnUrls(project.returnUrls);
  await requirePlatform(database, platformId);
  const rows = database.getRepository(ProjectRow);
  const id = newId('project');
  await rows.insert({ id, platformId, displayName: project.displayName, returnUrls: project.returnUrls });
  const { createdAt, updatedAt, ...row } = await rows.findOneByOrFail({ id });
  return { ...row, created: createdAt.toISOString(), updated: updatedAt.toISOString() };
}

function checkReturnUrls(returnUrls: readonly string[]): void {
  const issues = returnUrls.flatMap((url, index) => {
    const problem = returnUrlProblem(url);
    return problem === null ? [] : [{ path: `returnUrls.${index}`, message: problem }];
  });
  if (issues.length > 0) throw new AppError('VALIDATION', issues.map(({ path, message }) => `${path}: ${message}`).join('; '), { params: { issues } });
}
