import type { Principal } from '@trunkline/contracts';
import { requireAdmin } from '../access/reach.js';

/** SQL for WHERE, for the keys a principal manages; its two values come first in the query. */
export const managed = '($1::text IS NULL OR platform_id = $1) AND ($2::text IS NULL OR project_id = $2)';

/** A platform's keys, those of its projects among them; or the keys of the one project. @throws AppError AUTHORIZATION */
export function managedBy(who: Principal): [platformId: string | null, projectId: string | null] {
  const { platformId, projectId } = requireAdmin(who);
  return [platformId, projectId];
}
