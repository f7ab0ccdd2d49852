import type { EntityManager } from 'typeorm';
import type { Tenant } from '@trunkline/persistence';
import { AppError } from '@trunkline/service';
import { flowColumns, type FlowRecord } from './flow.js';

/**
 * A flow of the tenant; with `lock` held until the transaction ends.
 *
 * @throws AppError ENTITY_NOT_FOUND also for a foreign or a deleted one
 */
export async function findFlow(tx: EntityManager, { platformId, projectId }: Tenant, id: string, { lock = false } = {}): Promise<FlowRecord> {
  const [found] = (await tx.query(
    `SELECT ${flowColumns} FROM sync.flow
     WHERE id = $1 AND platform_id = $2 AND ($3::text IS NULL OR project_id = $3) AND deleted_at IS NULL ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [id, platformId, projectId],
  )) as FlowRecord[];
  if (found === undefined) throw AppError.notFound('flow', id);
  return found;
}
