import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { connectionId, connections, connectionScope, page, type Connection, type Principal } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { statusFilter } from '../connections/status-words.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { appConnection } from './app-connection.js';
import { byId, listFilters, mayRead, mayWrite, pageQuery, updateBody, upsertBody } from './app-connection-requests.js';
import { withFlows, withItsFlows } from './connection-use.js';
import { RefusedReplacement } from './refused-replacement.js';
import { upsertConnection } from './upsert-connection.js';

const tag = 'App connections';
const connectErrors = ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CONFLICT', 'OAUTH_APP_MISSING', 'AUTHORIZATION_FAILED', 'CONNECTOR_MISCONFIGURED'] as const;

export const connectionOwner = z.object({ firstName: z.string(), lastName: z.string(), email: z.string() });

const list = endpoint({
  method: 'GET', path: '/api/v1/app-connections', operation: 'listAppConnections', tag, summary: 'List connections', access: mayRead,
  description: 'Oldest first. `status` may come several times (`status=ACTIVE&status=ERROR`, `status[]=…` or `status=ACTIVE,ERROR`). Never with credentials.',
  query: z.strictObject({ ...listFilters, scope: connectionScope.optional(), ...pageQuery }), reply: page(appConnection),
});
const upsert = endpoint({
  method: 'POST', path: '/api/v1/app-connections', operation: 'upsertAppConnection', tag, summary: 'Create or update a connection', access: mayWrite,
  description:
    'With an `externalId` that is known, the connection of that name gets the new credential; otherwise a new one is made. 201 either way. The credential is tried at the provider before it takes the place of the ' +
    'old one, and never comes out again. OAuth values carry ready tokens, or a `code` that is exchanged here (with its verifier as `code_verifier` or `code_challenge`).',
  body: upsertBody, projectInBody: true, reply: appConnection, status: 201, errors: connectErrors,
});
const get = endpoint({
  method: 'GET', path: '/api/v1/app-connections/:id', operation: 'getAppConnection', tag, summary: 'Get a connection', access: mayRead,
  params: byId, reply: appConnection, errors: ['ENTITY_NOT_FOUND'],
});
const update = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id', operation: 'updateAppConnection', tag, summary: 'Update everything but the credential', access: mayWrite,
  description: '`metadata` is replaced whole.', params: byId, body: updateBody, projectInBody: true, reply: appConnection, errors: ['ENTITY_NOT_FOUND'],
});
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/app-connections/:id', operation: 'deleteAppConnection', tag, summary: 'Delete a connection', access: mayWrite,
  description: 'Refused (400 VALIDATION, with the count) while flows use it; `force=true` deletes it all the same, and the flows show it missing. The credential is gone at once and revoked at the provider afterwards.',
  params: byId, query: z.strictObject({ force: z.boolean().default(false) }), status: 204, errors: ['ENTITY_NOT_FOUND'],
});
const owners = endpoint({
  method: 'GET', path: '/api/v1/app-connections/owners', operation: 'listAppConnectionOwners', tag, summary: 'List the users who own connections', access: mayRead,
  query: z.strictObject(pageQuery), reply: page(connectionOwner),
});
const replace = endpoint({
  method: 'POST', path: '/api/v1/app-connections/replace', operation: 'replaceAppConnection', tag, summary: 'Put one connection in the place of another in all flows', access: mayWrite,
  description: 'All flows or none. The source is kept unless `deleteSourceConnection`. Refused with 409 VALIDATION for the same connection twice, different connectors, or flows that would be left behind.',
  body: z.strictObject({ sourceAppConnectionId: connectionId, targetAppConnectionId: connectionId, deleteSourceConnection: z.boolean().default(false) }),
  projectInBody: true, status: 204, errors: ['ENTITY_NOT_FOUND'], otherErrors: { 409: ['VALIDATION'] },
});
const revalidate = endpoint({
  method: 'POST', path: '/api/v1/app-connections/:id/revalidate', operation: 'revalidateAppConnection', tag, summary: 'Ask the provider whether the credential works', access: mayWrite,
  description: 'Answers the connection with the status that follows from what the provider said.',
  params: byId, body: z.strictObject({}), projectInBody: true, reply: appConnection, errors: ['ENTITY_NOT_FOUND', 'CONNECTION_DISABLED'],
});

/** Connections, in the words of the activepieces reference. */
@Controller()
export class AppConnectionsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  async list(@Call() { principal, query }: CallOf<typeof list>) {
    const { pieceName, status, ...rest } = query;
    const found = await this.#rpc.call(connections.list, { principal, ...rest, connector: pieceName, ...statusFilter(status) });
    return { ...found, data: await withFlows(this.#rpc, principal, found.data) };
  }

  @Serve(upsert)
  async upsert(@Call() { principal, body }: CallOf<typeof upsert>) {
    return this.#shown(principal, await upsertConnection(this.#rpc, principal, body, body.scope ?? 'PROJECT'));
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>) {
    return withItsFlows(this.#rpc, principal, params.id);
  }

  @Serve(update)
  async update(@Call() { principal, params, body }: CallOf<typeof update>) {
    return this.#shown(principal, await this.#rpc.call(connections.update, { principal, id: params.id, change: body }));
  }

  @Serve(remove)
  async remove(@Call() { principal, params, query }: CallOf<typeof remove>): Promise<void> {
    await this.#rpc.call(connections.delete, { principal, id: params.id, force: query.force });
  }

  @Serve(owners)
  owners(@Call() { principal, query }: CallOf<typeof owners>) {
    return this.#rpc.call(connections.owners, { principal, ...query });
  }

  @Serve(replace)
  async replace(@Call() { principal, body }: CallOf<typeof replace>): Promise<void> {
    try {
      await this.#rpc.call(connections.replace, { principal, sourceId: body.sourceAppConnectionId, targetId: body.targetAppConnectionId, deleteSource: body.deleteSourceConnection });
    } catch (error) {
      throw error instanceof AppError && (error.code === 'CONFLICT' || error.code === 'VALIDATION') ? new RefusedReplacement(error) : error;
    }
  }

  @Serve(revalidate)
  async revalidate(@Call() { principal, params }: CallOf<typeof revalidate>) {
    return this.#shown(principal, (await this.#rpc.call(connections.verify, { principal, id: params.id })).connection);
  }

  async #shown(principal: Principal, connection: Connection) {
    return (await withFlows(this.#rpc, principal, [connection]))[0]!;
  }
}
