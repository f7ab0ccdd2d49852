import { connections, uuidv7, type Connection, type ConnectionScope, type Principal } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';
import type { Upsert } from './app-connection-requests.js';
import { inputsOf, toConnectionValue } from './app-connection-value.js';

/** Creates a connection, or gives the one of that externalId a new credential. Without an externalId it is always a new one. */
export function upsertConnection(rpc: RpcClient, principal: Principal, body: Upsert, scope: ConnectionScope): Promise<Connection> {
  return rpc.call(connections.connect, {
    principal,
    connector: body.pieceName,
    pieceVersion: body.pieceVersion,
    externalId: body.externalId ?? `ext_${uuidv7()}`,
    displayName: body.displayName,
    inputs: { ...inputsOf(body.value), ...body.inputs },
    metadata: body.metadata,
    scope,
    projectIds: body.projectIds,
    preSelectForNewProjects: body.preSelectForNewProjects,
    expires: body.expires,
    value: toConnectionValue(body.value),
    allowOtherAccount: true,
  });
}
