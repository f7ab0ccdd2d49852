import { connections, flows, type Connection, type Principal } from '@trunkline/contracts';
import type { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { toAppConnection, type AppConnection } from './app-connection.js';

/** Connections with the flows that use them. When the sync service is away they are still of use: the flows are then unknown. */
export async function withFlows(rpc: RpcClient, principal: Principal, found: readonly Connection[]): Promise<AppConnection[]> {
  const flowIds = await flowIdsOf(rpc, principal, found.map(({ id }) => id));
  return found.map((connection) => toAppConnection(connection, Object.hasOwn(flowIds, connection.id) ? flowIds[connection.id] : []));
}

/** One of them: both are asked for at once. */
export async function withItsFlows(rpc: RpcClient, principal: Principal, id: string): Promise<AppConnection> {
  const [connection, used] = await Promise.all([rpc.call(connections.get, { principal, id }), flowIdsOf(rpc, principal, [id])]);
  return toAppConnection(connection, Object.hasOwn(used, id) ? used[id] : []);
}

async function flowIdsOf(rpc: RpcClient, principal: Principal, connectionIds: string[]): Promise<Readonly<Record<string, string[]>>> {
  if (connectionIds.length === 0) return {};
  try {
    return (await rpc.call(flows.usage, { principal, connectionIds })).flowIds;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE') return {};
    throw error;
  }
}
