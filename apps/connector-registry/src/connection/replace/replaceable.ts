import { AppError } from '@trunkline/service';
import type { ConnectionRow } from '../connection.entity.js';
import { isUsable } from '../connection.js';

type End = Pick<ConnectionRow, 'connector' | 'projectId' | 'status' | 'statusReason'> & { readonly projectIds: readonly string[] };

/**
 * Whether flows that read one connection can read the other instead.
 * @param projectId whose flows; null: those of every project that may use the source
 * @throws AppError CONFLICT
 */
export function requireReplaceable(source: End, target: End, projectId: string | null): void {
  if (source.connector !== target.connector) {
    throw new AppError('CONFLICT', `The connections are of different connectors (${source.connector}, ${target.connector}): flows that read one cannot read the other.`);
  }
  if (!isUsable(target)) {
    const state = target.statusReason === null ? target.status : `${target.status}, ${target.statusReason}`;
    throw new AppError('CONFLICT', `The target connection does not work (${state}). Connect it first.`);
  }
  const needed = projectId === null ? source.projectIds : [projectId];
  const without = needed.filter((id) => !target.projectIds.includes(id));
  if (without.length > 0) {
    throw new AppError('CONFLICT', 'The target connection is not shared with every project whose flows use the source. Share it with them first.', { params: { projectIds: without } });
  }
}
