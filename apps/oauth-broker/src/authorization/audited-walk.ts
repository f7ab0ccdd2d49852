import type { Audited } from '@trunkline/persistence';
import type { Authorization } from './authorization.js';

/** A walk as the audit log knows it: done by whoever started it, to a connection. */
export const auditedWalk = (walk: Authorization): Pick<Audited, 'who' | 'tenant' | 'target' | 'details'> => ({
  who: { kind: walk.principalKind, id: walk.principalId, userId: walk.principalUserId },
  tenant: { platformId: walk.platformId, projectId: walk.projectId },
  target: { type: 'app_connection', id: walk.connectionId },
  details: { authorizationId: walk.id, connector: walk.connector, type: walk.type, reconnect: walk.reconnect, ...(walk.connectLink === null ? {} : { connectLinkId: walk.connectLink.id, endUserId: walk.connectLink.endUserId }) },
});
