import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import {
  connectionId, connectionInputs, connectorDefinition, connectorDefinitions, connectorFolder, connectorId, connectors, dryRuns, page, pageRequest, streamName, type Principal, type ReplyOf,
} from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { appConnectionValue, toConnectionValue } from '../app-connections/app-connection-value.js';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from '../tenancy/admin.js';

const tag = 'Connectors of your own';
const mayRead = { kind: 'key', scope: 'connections:read' } as const;
const mayWrite = { kind: 'key', scope: 'connections:write' } as const;
const byId = z.strictObject({ id: z.string().trim().min(1).max(128) });
const withoutFolder = connectorDefinition.omit({ folder: true });
const folder = z.strictObject({ ...connectorFolder.shape });

const put = endpoint({
  method: 'POST', path: '/api/v1/connectors', operation: 'defineConnector', tag, summary: 'Define a connector of your own', access: admin,
  description:
    'What a folder of the catalog holds, as JSON: `connector` is connector.yaml, `streams` its files by name (docs/custom-connectors.md). `connector.id` is its name here; the answer has the id it gets, which is ' +
    'also what its callback is called. The same name again is a new version, with which connections go on; one that leads to other hosts needs them connected again. What is wrong is told all at once.',
  body: folder.extend({ scope: z.enum(['PROJECT', 'PLATFORM']).default('PROJECT') }), projectInBody: true, reply: connectorDefinition, status: 201, errors: ['CONFLICT'],
});
const list = endpoint({
  method: 'GET', path: '/api/v1/connectors/definitions', operation: 'listConnectorDefinitions', tag, summary: 'List your own connectors', access: mayRead,
  description: 'Of the project and its platform; of the whole platform if there is no project. Oldest first.', query: z.strictObject(pageRequest), reply: page(withoutFolder),
});
const get = endpoint({
  method: 'GET', path: '/api/v1/connectors/definitions/:id', operation: 'getConnectorDefinition', tag, summary: 'Get the definition of one of them', access: mayRead,
  description: 'By its id or its name. `version`: a former one; the last hundred are kept.', params: byId, query: z.strictObject({ version: z.coerce.number().int().min(1).max(2_147_483_647).optional() }),
  reply: connectorDefinition, errors: ['ENTITY_NOT_FOUND'],
});
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/connectors/definitions/:id', operation: 'deleteConnectorDefinition', tag, summary: 'Delete one of them', access: admin,
  description: 'Refused while connections use it.', params: byId, reply: z.object({ deleted: connectorId }), errors: ['ENTITY_NOT_FOUND', 'CONFLICT'],
});
const check = endpoint({
  method: 'POST', path: '/api/v1/connectors/check', operation: 'checkConnectorDefinition', tag, summary: 'Check a definition', access: mayWrite,
  description: 'Says everything that is wrong with it, and where. Nothing is stored.', body: folder, projectInBody: true, reply: connectorDefinitions.check.reply,
});
const dryRun = endpoint({
  method: 'POST', path: '/api/v1/connectors/dry-run', operation: 'dryRunConnector', tag, summary: 'Read the first page of a stream', access: mayWrite,
  description:
    'Of a connector that is there (`connector`) or of a `definition` that is not, with a connection\'s credential (`connectionId`) or with one that is brought along (`value`, as in POST /api/v1/app-connections) and ' +
    'forgotten. Nothing is stored. `request` is what was asked, without credentials. At most 20 seconds, and thirty in a minute.',
  body: z.strictObject({
    connector: z.string().trim().min(1).max(128).optional(),
    definition: folder.optional(),
    stream: streamName,
    inputs: connectionInputs.default({}),
    connectionId: connectionId.optional(),
    value: appConnectionValue.optional(),
  }),
  projectInBody: true, reply: dryRuns.read.reply,
  errors: ['ENTITY_NOT_FOUND', 'INVALID_APP_CONNECTION', 'PROVIDER_UNAVAILABLE', 'CREDENTIAL_NEEDS_RECONNECT', 'CREDENTIAL_COOLDOWN', 'CONNECTION_DISABLED', 'CONNECTOR_MISCONFIGURED', 'RATE_LIMITED'],
});
const draft = endpoint({
  method: 'POST', path: '/api/v1/connectors/draft', operation: 'draftConnector', tag, summary: 'Draft a definition from an OpenAPI document', access: mayWrite,
  description: 'OpenAPI 3, as JSON. `notes` say what was guessed and what could not be known. The draft passes the check; whether it reads what it should, a dry run shows. Nothing is stored.',
  body: z.strictObject({ openapi: connectorDefinitions.draft.request.shape.openapi, name: connectorId.optional() }), projectInBody: true, reply: connectorDefinitions.draft.reply,
});

/** Connectors that a platform or a project defines for itself. */
@Controller()
export class ConnectorDefinitionsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(put)
  put(@Call() { principal, body: { scope, ...given } }: CallOf<typeof put>): Promise<ReplyOf<typeof connectorDefinitions.put>> {
    return this.#rpc.call(connectorDefinitions.put, { principal, folder: given, scope });
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof connectorDefinitions.list>> {
    return this.#rpc.call(connectorDefinitions.list, { principal, ...query });
  }

  @Serve(get)
  get(@Call() { principal, params, query }: CallOf<typeof get>): Promise<ReplyOf<typeof connectorDefinitions.get>> {
    return this.#rpc.call(connectorDefinitions.get, { principal, ...params, ...query });
  }

  @Serve(remove)
  remove(@Call() { principal, params }: CallOf<typeof remove>): Promise<ReplyOf<typeof connectorDefinitions.delete>> {
    return this.#rpc.call(connectorDefinitions.delete, { principal, ...params });
  }

  @Serve(check)
  check(@Call() { principal, body }: CallOf<typeof check>): Promise<ReplyOf<typeof connectorDefinitions.check>> {
    return this.#rpc.call(connectorDefinitions.check, { principal, folder: body });
  }

  @Serve(dryRun)
  async dryRun(@Call() { principal, body, reply }: CallOf<typeof dryRun>): Promise<ReplyOf<typeof dryRuns.read>> {
    void reply.header('cache-control', 'no-store');
    const { connector: name, definition, value, ...rest } = body;
    if (name !== undefined && definition !== undefined) throw new AppError('VALIDATION', 'definition: is of no use beside a connector', { params: { in: 'body' } });
    return this.#rpc.call(dryRuns.read, {
      principal,
      ...rest,
      ...(name === undefined ? {} : { connector: await this.#idOf(principal, name) }),
      ...(definition === undefined ? {} : { folder: definition }),
      ...(value === undefined ? {} : { value: toConnectionValue(value) }),
    });
  }

  @Serve(draft)
  draft(@Call() { principal, body }: CallOf<typeof draft>): Promise<ReplyOf<typeof connectorDefinitions.draft>> {
    return this.#rpc.call(connectorDefinitions.draft, { principal, ...body });
  }

  /** What a tenant calls its connector is known where they are kept. */
  async #idOf(principal: Principal, name: string): Promise<string> {
    return (await this.#rpc.call(connectors.get, { principal, connector: name })).id;
  }
}
