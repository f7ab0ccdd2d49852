import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectionId, connectionInputs, connections, connectorId, credentials, moment, Secret, syncs, type Connection, type Principal } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { keyFromMembers } from './key-from-members.js';
import { apexStatus, reeveStatus } from './status-words.js';

const mayRead = { kind: 'key', scope: 'connections:read' } as const;
const mayWrite = { kind: 'key', scope: 'connections:write' } as const;

/** A connector's name as callers write it: its id, an alias (`meta`), or `@activepieces/piece-…`. */
const connectorName = z.string().trim().min(1).max(128);
const members = z.record(z.string().min(1).max(64), z.string().min(1).max(65_536));

const apexConnector = z.object({
  id: connectionId,
  type: connectorId,
  status: z.enum(['pending', 'connected', 'degraded', 'error', 'disabled', 'missing']),
  lastSync: moment.nullable(),
  accountName: z.string().nullable(),
  connectedAt: moment.nullable(),
});

const listApex = endpoint({
  method: 'GET', path: '/api/connectors', tag: 'Connectors', summary: 'List the project\'s connections', access: mayRead,
  reply: z.array(apexConnector),
});
const connectApex = endpoint({
  method: 'POST', path: '/api/connectors', tag: 'Connectors', summary: 'Connect a platform with a key', access: mayWrite,
  description: 'The key is tried at the platform before it is stored. Platforms that use OAuth are connected at GET /api/connectors/:type/auth.',
  body: z.strictObject({ type: connectorName, credentials: members.optional(), inputs: connectionInputs.optional(), displayName: z.string().trim().min(1).max(200).optional() }),
  reply: apexConnector, status: 201, errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE'],
});
const disconnectApex = endpoint({
  method: 'DELETE', path: '/api/connectors', tag: 'Connectors', summary: 'Disconnect a platform', access: mayWrite,
  description: 'The stored credential is gone at once; it is revoked at the platform where the platform can.',
  body: z.strictObject({ type: connectorName }), reply: z.object({ disconnected: z.array(connectionId) }), errors: ['ENTITY_NOT_FOUND'],
});
const listReeve = endpoint({
  method: 'GET', path: '/api/connectors/list', tag: 'Connectors', summary: 'List one\'s own connections, or the team\'s', access: mayRead,
  query: z.strictObject({ team: z.enum(['true', 'false']).optional() }),
  reply: z.object({
    connections: z.array(z.object({
      id: connectionId, provider: connectorId, type: z.enum(['oauth', 'api_key', 'none']), status: z.enum(['connected', 'disconnected']),
      account: z.string().nullable(), userId: z.string().nullable(),
    })),
  }),
});
const connectReeve = endpoint({
  method: 'POST', path: '/api/connectors/connect', tag: 'Connectors', summary: 'Connect a provider with an API key', access: mayWrite,
  description: 'The key is tried at the provider before it is stored.',
  body: z.strictObject({ provider: connectorName, api_key: z.string().min(1).max(65_536), inputs: connectionInputs.optional() }),
  reply: z.object({ connected: z.literal(true), provider: connectorId, connectionId, account_name: z.string().nullable() }),
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE'],
});
const disconnectReeve = endpoint({
  method: 'DELETE', path: '/api/connectors/:provider', tag: 'Connectors', summary: 'Disconnect a provider', access: mayWrite,
  params: z.strictObject({ provider: connectorName }), reply: z.object({ disconnected: z.literal(true), provider: z.string() }), errors: ['ENTITY_NOT_FOUND'],
});
const refreshReeve = endpoint({
  method: 'POST', path: '/api/connectors/:provider/refresh', tag: 'Connectors', summary: 'Refresh the token now', access: mayWrite,
  description: 'Tokens are refreshed by themselves before they expire; calls at the same moment share one request to the provider.',
  params: z.strictObject({ provider: connectorName }),
  body: z.strictObject({ connectionId: connectionId.optional() }),
  reply: z.object({ refreshed: z.boolean(), provider: connectorId, connectionId, expiresAt: moment.nullable() }),
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'PROVIDER_UNAVAILABLE', 'CONNECTOR_MISCONFIGURED'],
});

const kinds = { OAUTH2: 'oauth', NO_AUTH: 'none', SECRET_TEXT: 'api_key', BASIC_AUTH: 'api_key', CUSTOM_AUTH: 'api_key' } as const;

/** Connections, in the words of the apex and reeve references. */
@Controller()
export class ConnectionsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(listApex)
  async listApex(@Call() { principal }: CallOf<typeof listApex>) {
    const found = await this.#rpc.call(connections.list, { principal });
    const lastSync = await this.#lastSync(principal, found.connections);
    return found.connections.map((connection) => apexView(connection, lastSync[connection.id]));
  }

  @Serve(connectApex)
  async connectApex(@Call() { principal, body }: CallOf<typeof connectApex>) {
    if (body.credentials === undefined) {
      throw new AppError('VALIDATION', `credentials: is missing. To connect by OAuth open GET /api/connectors/${encodeURIComponent(body.type)}/auth instead.`, { params: { in: 'body' } });
    }
    const connection = await this.#rpc.call(connections.connect, {
      principal, connector: body.type, credential: keyFromMembers(body.credentials), inputs: body.inputs ?? {}, displayName: body.displayName,
    });
    return apexView(connection, undefined);
  }

  @Serve(disconnectApex)
  async disconnectApex(@Call() { principal, body }: CallOf<typeof disconnectApex>) {
    return this.#rpc.call(connections.disconnect, { principal, connector: body.type });
  }

  @Serve(listReeve)
  async listReeve(@Call() { principal, query }: CallOf<typeof listReeve>) {
    const ownerId = query.team === 'true' || principal.userId === null ? undefined : principal.userId;
    const found = await this.#rpc.call(connections.list, { principal, ownerId });
    return {
      connections: found.connections.map((connection) => ({
        id: connection.id,
        provider: connection.connector,
        type: kinds[connection.authMethod],
        status: reeveStatus(connection),
        account: connection.account.name,
        userId: connection.ownerId,
      })),
    };
  }

  @Serve(connectReeve)
  async connectReeve(@Call() { principal, body }: CallOf<typeof connectReeve>) {
    const connection = await this.#rpc.call(connections.connect, {
      principal, connector: body.provider, credential: { type: 'SECRET_TEXT', secretText: new Secret(body.api_key) }, inputs: body.inputs ?? {},
    });
    return { connected: true as const, provider: connection.connector, connectionId: connection.id, account_name: connection.account.name };
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
    return { refreshed: refreshed.refreshed, provider: refreshed.connector, connectionId: refreshed.connectionId, expiresAt: refreshed.expiresAt };
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
    type: connection.connector,
    status: apexStatus(connection) as z.output<typeof apexConnector>['status'],
    lastSync: lastSync ?? null,
    accountName: connection.account.name,
    connectedAt: connection.connectedAt,
  };
}
