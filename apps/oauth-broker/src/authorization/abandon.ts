import { authorizationAbandoned } from '@trunkline/contracts';
import type { EntityManager } from 'typeorm';
import type { BrokerParts } from '../broker-parts.js';
import type { Abandonment, Authorization } from './authorization.js';

/** Tells that a walk ended without a grant, in the transaction that ended it. */
export function abandon({ outbox }: BrokerParts, tx: EntityManager, walk: Authorization, outcome: Abandonment): Promise<void> {
  const { connectionId, projectId, connector } = walk;
  return outbox.addEvent(tx, authorizationAbandoned, { connectionId, projectId, connector, outcome }, connectionId);
}
