import { z } from 'zod';
import { connectionId, connectionInputs, connectionMetadata, connectionScope, connectionType, moment, pageRequest, projectId, userId } from '@trunkline/contracts';
import { appConnectionStatuses } from '../connections/status-words.js';
import { appConnectionValue } from './app-connection-value.js';

export const mayRead = { kind: 'key', scope: 'connections:read' } as const;
export const mayWrite = { kind: 'key', scope: 'connections:write' } as const;

export const byId = z.strictObject({ id: connectionId });
export const pageQuery = {
  limit: pageRequest.limit.describe('How many to return.'),
  cursor: pageRequest.cursor.describe('`next` or `previous` of an earlier answer, with the same filters.'),
};

const displayName = z.string().trim().min(1).max(200);
const projectIds = z.array(projectId).max(1_000);

export const listFilters = {
  pieceName: z.string().min(1).max(128).optional().describe('A connector\'s id, an alias, or `@activepieces/piece-…`; any form finds what was made under another.'),
  displayName: z.string().max(200).optional().describe('Part of the name, in any case.'),
  status: z.array(z.enum(appConnectionStatuses)).min(1).max(3).optional().describe('One or more: `status=ACTIVE&status=ERROR`, `status[]=…` or `status=ACTIVE,ERROR`.'),
  externalId: z.string().min(1).max(256).optional(),
  ownerId: userId.optional(),
};

export const upsertMembers = {
  displayName,
  pieceName: z.string().trim().min(1).max(128).describe('A connector\'s id, an alias, or `@activepieces/piece-…`; answers echo it.'),
  pieceVersion: z.string().max(64).optional(),
  type: connectionType,
  externalId: z.string().min(1).max(256).optional().describe('Your name for the connection, unique in its project (or platform). Left out: always a new connection.'),
  value: appConnectionValue,
  metadata: connectionMetadata.nullable().optional(),
  inputs: connectionInputs.optional().describe('What the connector asks for besides the credential.'),
  scope: connectionScope.optional(),
  projectIds: projectIds.optional().describe('Scope PLATFORM: the projects that may use it.'),
  preSelectForNewProjects: z.boolean().optional(),
  expires: moment.nullable().optional(),
};
/** The type stands twice in the reference; two that differ mean nothing. */
export const sameType = ({ type, value }: { type: string; value: { type: string } }): boolean => type === value.type;
export const differentType = { path: ['type'], error: 'must be the same as value.type' };
export const upsertBody = z.strictObject(upsertMembers).refine(sameType, differentType);
export type Upsert = z.output<typeof upsertBody>;

export const updateBody = z.strictObject({
  displayName: displayName.optional(),
  metadata: connectionMetadata.nullable().optional(),
  projectIds: projectIds.optional(),
  preSelectForNewProjects: z.boolean().optional(),
  ownerId: userId.nullable().optional(),
  expires: moment.nullable().optional(),
});
