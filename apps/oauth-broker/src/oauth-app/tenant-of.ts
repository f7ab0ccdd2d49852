import type { Principal } from '@trunkline/contracts';
import type { Tenant } from '@trunkline/persistence';

/** How far a principal reaches, for the second wall: a key of a platform works for all of its projects, whichever one it names just now. */
export const tenantOf = ({ reach, platformId, projectId }: Principal): Tenant => ({
  platformId: reach === 'installation' ? null : platformId,
  projectId: reach === 'project' ? projectId : null,
});
