import { projects, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { inReach } from '../access/in-reach.js';
import type { RegistryParts } from '../registry-parts.js';
import { projectColumns, toProject, type ProjectRecord } from './to-project.js';
import { visible, visibleTo } from './visible-projects.js';

type Contract = typeof projects.get;

/** @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function getProject({ database }: RegistryParts, { principal, id }: RequestOf<Contract>): Promise<ReplyOf<Contract>> {
  const [row] = await inReach(database, principal, (tx) =>
    tx.query<ProjectRecord[]>(`SELECT ${projectColumns} FROM registry.project WHERE ${visible} AND id = $4`, [...visibleTo(principal), id]),
  );
  if (row === undefined) throw AppError.notFound('project', id);
  return toProject(row);
}
