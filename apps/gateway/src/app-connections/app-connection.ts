import { z } from 'zod';
import {
  connection, connectionId, connectionMetadata, connectionScope, connectionType, flowId, moment, platformId, projectId, userId, type Connection,
} from '@trunkline/contracts';
import { appConnectionStatus, appConnectionStatuses } from '../connections/status-words.js';

/** A connection as the activepieces reference shows it: never with its value. */
export const appConnection = z.object({
  id: connectionId,
  externalId: z.string(),
  displayName: z.string(),
  type: connectionType,
  pieceName: z.string().describe('As it was given.'),
  pieceVersion: z.string().nullable(),
  projectIds: z.array(projectId),
  platformId,
  scope: connectionScope,
  status: z.enum(appConnectionStatuses),
  statusReason: connection.shape.statusReason.describe('Why it is not simply working.'),
  ownerId: userId.nullable(),
  owner: connection.shape.owner,
  metadata: connectionMetadata.nullable(),
  flowIds: z.array(flowId).describe('The flows that use it.'),
  preSelectForNewProjects: z.boolean(),
  expires: moment.nullable().describe('When the key is known to lapse.'),
  created: moment,
  updated: moment,
});
export type AppConnection = z.output<typeof appConnection>;

export const toAppConnection = (found: Connection, flowIds: readonly string[] = []): AppConnection => ({
  id: found.id,
  externalId: found.externalId,
  displayName: found.displayName,
  type: found.type,
  pieceName: found.pieceName,
  pieceVersion: found.pieceVersion,
  projectIds: found.projectIds,
  platformId: found.platformId,
  scope: found.scope,
  status: appConnectionStatus(found),
  statusReason: found.statusReason,
  ownerId: found.ownerId,
  owner: found.owner,
  metadata: found.metadata,
  flowIds: [...flowIds],
  preSelectForNewProjects: found.preSelectForNewProjects,
  expires: found.expires,
  created: found.created,
  updated: found.updated,
});
