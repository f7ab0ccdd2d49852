import { authorizationAbandoned } from '@trunkline/contracts';
import { tellAudit } from '@trunkline/persistence';
import type { EntityManager } from 'typeorm';
import type { BrokerParts } from '../broker-parts.js';
import type { Abandonment, Authorization } from './authorization.js';
import { auditedWalk } from './audited-walk.js';

/** Tells that a walk ended without a grant, in the transaction that ended it. */
export async function abandon({ outbox }: BrokerParts, tx: EntityManager, walk: Authorization, outcome: Abandonment): Promise<void> {
  const { id, connectionId, platformId, projectId, connector } = walk;
  await outbox.addEvent(tx, authorizationAbandoned, { authorizationId: id, connectionId, platformId, projectId, connector, outcome }, connectionId);
  await tellAudit(outbox, tx, { ...auditedWalk(walk), action: `authorization.${outcome}`, outcome: 'failed' });
}
