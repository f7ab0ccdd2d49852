import { z } from 'zod';
import { account, connection, connectionHealth, connectionId, connectionInputs, connectionScope, connectionType, connectorId, moment, type Connection } from '@trunkline/contracts';
import { profileStatus, profileStatuses } from '../connections/status-words.js';

/** A connection as its operator sees it: a connector profile of the apixx reference. */
export const connectorProfile = z.object({
  id: connectionId,
  connector: connectorId,
  displayName: z.string(),
  authMethod: connectionType,
  status: z.enum(profileStatuses),
  statusReason: connection.shape.statusReason,
  account,
  inputs: connectionInputs,
  scopes: z.array(z.string()).describe('What the provider granted.'),
  scope: connectionScope,
  ownerId: connection.shape.ownerId,
  connectedAt: moment.nullable(),
  expires: moment.nullable(),
  updated: moment,
});
export type ConnectorProfile = z.output<typeof connectorProfile>;

export const toProfile = (found: Connection): ConnectorProfile => ({
  id: found.id,
  connector: found.connector,
  displayName: found.displayName,
  authMethod: found.type,
  status: profileStatus(found),
  statusReason: found.statusReason,
  account: found.account,
  inputs: found.inputs,
  scopes: found.scopes,
  scope: found.scope,
  ownerId: found.ownerId,
  connectedAt: found.connectedAt,
  expires: found.expires,
  updated: found.updated,
});

export const profileHealth = connectionHealth.extend({ status: z.enum(profileStatuses) });
