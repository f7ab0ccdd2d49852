import type { DataSource } from 'typeorm';
import { AppError } from '@trunkline/service';
import type { Reach } from '../access/require-manager.js';
import { ProjectRow } from './project.entity.js';

/** The project of that id within reach. @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function requireProjectRow(database: DataSource, reach: Reach, id: string): Promise<ProjectRow> {
  const row = await database.getRepository(ProjectRow).findOneBy(reach.platformId === null ? { id } : { id, platformId: reach.platformId });
  if (row === null) throw AppError.notFound('project', id);
  return row;
}
