import { AppError } from '@trunkline/service';
import type { EntityManager } from 'typeorm';

/** The platform of a project within reach. @throws AppError ENTITY_NOT_FOUND, for a foreign id as for an unknown one */
export async function platformOfProject(tx: EntityManager, reach: { readonly platformId: string | null }, projectId: string): Promise<string> {
  const [row] = await tx.query<{ platform_id: string }[]>('SELECT platform_id FROM registry.project WHERE id = $1 AND ($2::text IS NULL OR platform_id = $2)', [
    projectId,
    reach.platformId,
  ]);
  if (row === undefined) throw AppError.notFound('project', projectId);
  return row.platform_id;
}
