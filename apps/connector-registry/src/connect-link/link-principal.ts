import type { TenantPrincipal } from '../access/require-tenant.js';
import type { OpenLink } from './find-open-link.js';

/**
 * In whose name a link connects: that of whoever made it, and with none of that one's rights but to make this connection. It reaches the
 * link's project; of the connections there it may change what belongs to the owner the link names.
 */
export const linkPrincipal = ({ creator, platformId, projectId, ownerId }: OpenLink): TenantPrincipal & { readonly projectId: string } => ({
  kind: creator.kind,
  id: creator.id,
  reach: 'project',
  platformId,
  projectId,
  userId: ownerId,
  scopes: ['connections:write'],
});
