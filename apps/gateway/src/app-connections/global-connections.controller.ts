import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connections, page, type Connection, type Principal } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { statusFilter } from '../connections/status-words.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { appConnection } from './app-connection.js';
import { byId, differentType, listFilters, mayRead, mayWrite, pageQuery, sameType, updateBody, upsertMembers } from './app-connection-requests.js';
import { withFlows } from './connection-use.js';
import { upsertConnection } from './upsert-connection.js';

const tag = 'Global connections';
const upsertBody = z.strictObject({ ...upsertMembers, scope: z.literal('PLATFORM').optional() }).refine(sameType, differentType);

const list = endpoint({
  method: 'GET', path: '/api/v1/global-connections', operation: 'listGlobalConnections', tag, summary: 'List the platform\'s connections', access: mayRead,
  query: z.strictObject({ ...listFilters, ...pageQuery }), reply: page(appConnection),
});
const upsert = endpoint({
  method: 'POST', path: '/api/v1/global-connections', operation: 'upsertGlobalConnection', tag, summary: 'Create or update a connection of the platform', access: mayWrite,
  description: 'For admins of the platform. `projectIds` are the projects that may use it.',
  body: upsertBody, projectInBody: true, reply: appConnection, status: 201,
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT', 'OAUTH_APP_MISSING', 'AUTHORIZATION_FAILED', 'CONNECTOR_MISCONFIGURED'],
});
const update = endpoint({
  method: 'POST', path: '/api/v1/global-connections/:id', operation: 'updateGlobalConnection', tag, summary: 'Update everything but the credential', access: mayWrite,
  description: '`metadata` and `projectIds` are replaced whole.', params: byId, body: updateBody, projectInBody: true, reply: appConnection, errors: ['ENTITY_NOT_FOUND'],
});
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/global-connections/:id', operation: 'deleteGlobalConnection', tag, summary: 'Delete a connection of the platform', access: mayWrite,
  params: byId, query: z.strictObject({ force: z.boolean().default(false) }), status: 204, errors: ['ENTITY_NOT_FOUND'],
});

/** Connections with scope PLATFORM: made once, used by several projects. */
@Controller()
export class GlobalConnectionsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  async list(@Call() { principal, query }: CallOf<typeof list>) {
    const { pieceName, status, ...rest } = query;
    const found = await this.#rpc.call(connections.list, { principal, ...rest, scope: 'PLATFORM', connector: pieceName, ...statusFilter(status) });
    return { ...found, data: await withFlows(this.#rpc, principal, found.data) };
  }

  @Serve(upsert)
  async upsert(@Call() { principal, body }: CallOf<typeof upsert>) {
    return this.#shown(principal, await upsertConnection(this.#rpc, principal, body, 'PLATFORM'));
  }

  @Serve(update)
  async update(@Call() { principal, params, body }: CallOf<typeof update>) {
    await this.#requireGlobal(principal, params.id);
    return this.#shown(principal, await this.#rpc.call(connections.update, { principal, id: params.id, change: body }));
  }

  @Serve(remove)
  async remove(@Call() { principal, params, query }: CallOf<typeof remove>): Promise<void> {
    await this.#requireGlobal(principal, params.id);
    await this.#rpc.call(connections.delete, { principal, id: params.id, force: query.force });
  }

  /** A project's own connection is not found here. A connection's scope never changes, so what is seen now holds for the next call. */
  async #requireGlobal(principal: Principal, id: string): Promise<void> {
    const { scope } = await this.#rpc.call(connections.get, { principal, id });
    if (scope !== 'PLATFORM') throw AppError.notFound('app_connection', id);
  }

  async #shown(principal: Principal, connection: Connection) {
    return (await withFlows(this.#rpc, principal, [connection]))[0]!;
  }
}
