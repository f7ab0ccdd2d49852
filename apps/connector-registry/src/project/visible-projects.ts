import type { Principal } from '@trunkline/contracts';
import { reachOf } from '../access/reach.js';

/** SQL for WHERE, for the projects a principal sees; its three values come first in the query. */
export const visible = `($1::text IS NULL OR platform_id = $1) AND ($2::text IS NULL OR id = $2)
  AND ($3::text IS NULL OR id IN (SELECT project_id FROM registry.member WHERE user_id = $3))`;

/** A person sees every project it is a member of, whichever it works in just now; a key of a project sees that one. */
export function visibleTo(who: Principal): [platformId: string | null, projectId: string | null, memberId: string | null] {
  const { platformId, projectId } = reachOf(who);
  return who.kind === 'user' && who.reach === 'project' ? [platformId, null, who.userId] : [platformId, projectId, null];
}
