import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import {
  connectionId, connectionInputs, connections, connectionStatus, connectors, credentials, isOauth, moment, Secret, syncs, type Connection, type Principal,
} from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { connected } from '../authorization/authorization.controller.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { connectorWord } from './connector-word.js';
import { keyFromMembers } from './key-from-members.js';
import { apexStatus, apexStatuses, reeveStatus } from './status-words.js';

const mayRead = { kind: 'key', scope: 'connections:read' } as const;
const mayWrite = { kind: 'key', scope: 'connections:write' } as const;

/** A connector's name as callers write it: its id, an alias (`meta`), or `@activepieces/piece-…`. */
const connectorName = z.string().trim().min(1).max(128);
const members = z
  .record(z.string().min(1).max(64), z.string().min(1).max(65_536))
  .refine((value) => Object.keys(value).length <= 32, 'must not have more than 32 members');
/** Placeholders belong to the app-connections: the other references have no word for what was never connected. */
const shown = connectionStatus.options.filter((status) => status !== 'missing');

export const apexConnector = z.object({
  id: connectionId,
  type: z.string().describe('As it was given when the connection was made.'),
  status: z.enum(apexStatuses),
  lastSync: moment.nullable(),
  accountName: z.string().nullable(),
  connectedAt: moment.nullable(),
});
export const reeveConnection = z.object({
  id: connectionId,
  provider: z.string(),
  type: z.enum(['oauth', 'api_key', 'none']),
  status: z.enum(['connected', 'disconnected']),
  account: z.string().optional().describe('Left out where the provider names none.'),
  userId: z.string().nullable(),
});

const listApex = endpoint({
  method: 'GET', path: '/api/connectors', operation: 'listConnectors', tag: 'Connectors', summary: 'List the project\'s connections', access: mayRead,
  description: 'All of them at once, oldest first (at most 1,000). `type` is the name the connection was made with.',
  reply: z.array(apexConnector),
});
const connectApex = endpoint({
  method: 'POST', path: '/api/connectors', operation: 'connectConnector', tag: 'Connectors', summary: 'Connect a platform with a key', access: mayWrite,
  description: 'The key is tried at the platform before it is stored. Platforms that use OAuth are connected at GET /api/connectors/:type/auth.',
  body: z.strictObject({ type: connectorName, credentials: members.optional(), inputs: connectionInputs.optional(), displayName: z.string().trim().min(1).max(200).optional() }),
  reply: apexConnector, status: 201, errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT'],
});
const disconnectApex = endpoint({
  method: 'DELETE', path: '/api/connectors', operation: 'disconnectConnector', tag: 'Connectors', summary: 'Disconnect a platform', access: mayWrite,
  description: 'All of the project\'s connections of that type. The stored credential is gone at once; it is revoked at the platform where the platform can.',
  body: z.strictObject({ type: connectorName }), reply: z.object({ disconnected: z.array(connectionId) }), errors: ['ENTITY_NOT_FOUND'],
});
const listReeve = endpoint({
  method: 'GET', path: '/api/connectors/list', operation: 'listOwnConnections', tag: 'Connectors', summary: 'List one\'s own connections, or the team\'s', access: mayRead,
  description: '`?team=true`: those of every member of the project, each with its `userId`. A connection whose grant is gone stays in the list as `disconnected`.',
  query: z.strictObject({ team: z.boolean().optional() }),
  reply: z.object({ connections: z.array(reeveConnection) }),
});
const connectReeve = endpoint({
  method: 'POST', path: '/api/connectors/connect', operation: 'connectProvider', tag: 'Connectors', summary: 'Connect a provider with an API key', access: mayWrite,
  description: 'The key is tried at the provider before it is stored.',
  body: z.strictObject({ provider: connectorName, api_key: z.string().min(1).max(65_536), inputs: connectionInputs.optional() }),
  reply: connected,
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT'],
});
const disconnectReeve = endpoint({
  method: 'DELETE', path: '/api/connectors/:provider', operation: 'disconnectProvider', tag: 'Connectors', summary: 'Disconnect a provider', access: mayWrite,
  description: 'One\'s own connections of that provider. Tokens are deleted at once, and revoked at the provider where it can.',
  params: z.strictObject({ provider: connectorName }), reply: z.object({ disconnected: z.literal(true), provider: z.string() }), errors: ['ENTITY_NOT_FOUND'],
});
const refreshReeve = endpoint({
  method: 'POST', path: '/api/connectors/:provider/refresh', operation: 'refreshToken', tag: 'Connectors', summary: 'Refresh the token now', access: mayWrite,
  description: 'Tokens are refreshed by themselves before they expire; calls at the same moment share one request to the provider.',
  params: z.strictObject({ provider: connectorName }),
  body: z.strictObject({ connectionId: connectionId.optional() }),
  reply: z.object({ refreshed: z.boolean(), provider: z.string(), connectionId, expiresAt: moment.nullable() }),
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
});

const kindOf = ({ type }: Connection): 'oauth' | 'api_key' | 'none' => (isOauth(type) ? 'oauth' : type === 'NO_AUTH' ? 'none' : 'api_key');

/** Connections, in the words of the apex and reeve references. */
@Controller()
export class ConnectionsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(listApex)
  async listApex(@Call() { principal }: CallOf<typeof listApex>) {
    const found = await this.#rpc.call(connections.all, { principal, status: shown });
    const lastSync = await this.#lastSync(principal, found.connections);
    return found.connections.map((connection) => apexView(connection, lastSync[connection.id]));
  }

  @Serve(connectApex)
  async connectApex(@Call() { principal, body }: CallOf<typeof connectApex>) {
    if (body.credentials === undefined) {
      throw new AppError('VALIDATION', `credentials: is missing. To connect by OAuth open GET /api/connectors/${encodeURIComponent(body.type)}/auth instead.`, { params: { in: 'body' } });
    }
    const { authMethods } = await this.#rpc.call(connectors.get, { principal, connector: body.type });
    return apexView(await this.#connect(principal, { ...body, value: keyFromMembers(body.credentials, authMethods.map(({ type }) => type)) }), undefined);
  }

  @Serve(disconnectApex)
  async disconnectApex(@Call() { principal, body }: CallOf<typeof disconnectApex>) {
    return this.#rpc.call(connections.disconnect, { principal, connector: body.type });
  }

  @Serve(listReeve)
  async listReeve(@Call() { principal, query }: CallOf<typeof listReeve>) {
    const ownerId = query.team === true || principal.userId === null ? undefined : principal.userId;
    const found = await this.#rpc.call(connections.all, { principal, ownerId, status: shown });
    return {
      connections: found.connections.map((connection) => ({
        id: connection.id,
        provider: connectorWord(connection),
        type: kindOf(connection),
        status: reeveStatus(connection),
        account: connection.account.name ?? undefined,
        userId: connection.ownerId,
      })),
    };
  }

  @Serve(connectReeve)
  async connectReeve(@Call() { principal, body }: CallOf<typeof connectReeve>) {
    const connection = await this.#connect(principal, { type: body.provider, inputs: body.inputs, value: { type: 'SECRET_TEXT', secretText: new Secret(body.api_key) } });
    return { connected: true as const, provider: connectorWord(connection), connectionId: connection.id, account_name: connection.account.name };
  }

  @Serve(disconnectReeve)
  async disconnectReeve(@Call() { principal, params }: CallOf<typeof disconnectReeve>) {
    await this.#rpc.call(connections.disconnect, { principal, connector: params.provider, ownerId: principal.userId ?? undefined });
    return { disconnected: true as const, provider: params.provider };
  }

  @Serve(refreshReeve)
  async refreshReeve(@Call() { principal, params, body }: CallOf<typeof refreshReeve>) {
    const refreshed = await this.#rpc.call(credentials.refresh, {
      principal, connector: params.provider, connectionId: body.connectionId, userId: principal.userId ?? undefined,
    });
    return { refreshed: refreshed.refreshed, provider: params.provider, connectionId: refreshed.connectionId, expiresAt: refreshed.expiresAt };
  }

  #connect(principal: Principal, given: { type: string; inputs?: Record<string, string>; displayName?: string; value: ReturnType<typeof keyFromMembers> }): Promise<Connection> {
    return this.#rpc.call(connections.connect, {
      principal, connector: given.type, value: given.value, inputs: given.inputs ?? {}, displayName: given.displayName, scope: 'PROJECT', allowOtherAccount: true,
    });
  }

  /** When the sync service is away the list is still of use: its times are then unknown. */
  async #lastSync(principal: Principal, list: readonly Connection[]): Promise<Record<string, string>> {
    if (list.length === 0) return {};
    try {
      return (await this.#rpc.call(syncs.last, { principal, connectionIds: list.map(({ id }) => id).slice(0, 1_000) })).lastSync;
    } catch (error) {
      if (error instanceof AppError && (error.code === 'SERVICE_UNAVAILABLE' || error.code === 'AUTHORIZATION')) return {};
      throw error;
    }
  }
}

function apexView(connection: Connection, lastSync: string | undefined): z.output<typeof apexConnector> {
  return {
    id: connection.id,
    type: connectorWord(connection),
    status: apexStatus(connection),
    lastSync: lastSync ?? null,
    accountName: connection.account.name,
    connectedAt: connection.connectedAt,
  };
}
