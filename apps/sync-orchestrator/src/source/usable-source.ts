import { connections, type Connection, type Principal } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { withScope } from '../run/project-of.js';

/** Whether a project may read from a connection: its own, or one of its platform that names the project. */
export const isUsableIn = (connection: Connection, projectId: string): boolean => connection.projectId === projectId || (connection.projectId === null && connection.projectIds.includes(projectId));

/**
 * The connection a flow of that project is to read from, as the registry knows it.
 *
 * @throws AppError ENTITY_NOT_FOUND also for one the project may not use
 */
export async function usableSource(rpc: RpcClient, principal: Principal, projectId: string, connectionId: string): Promise<Connection> {
  const connection = await rpc.call(connections.get, { principal: withScope(principal, 'connections:read'), id: connectionId });
  if (!isUsableIn(connection, projectId)) throw AppError.notFound('connection', connectionId);
  return connection;
}
