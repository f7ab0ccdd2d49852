import type { Connection } from '@trunkline/contracts';
import type { ConnectionRow } from './connection.entity.js';

/** A connection as the other services and clients see it. */
export const toConnection = (row: ConnectionRow): Connection => ({
  id: row.id,
  externalId: row.externalId,
  platformId: row.platformId,
  projectId: row.projectId,
  ownerId: row.ownerId,
  connector: row.connector,
  authMethod: row.authMethod,
  displayName: row.displayName,
  status: row.status,
  statusReason: row.statusReason,
  account: { id: row.accountId, name: row.accountName },
  inputs: row.inputs,
  connectedAt: row.connectedAt?.toISOString() ?? null,
  created: row.createdAt.toISOString(),
  updated: row.updatedAt.toISOString(),
});
