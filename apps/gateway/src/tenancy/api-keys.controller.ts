import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { apiKey, apiKeyId, apiKeys, newApiKey, page, pageRequest, secret, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from './admin.js';

const tag = 'Tenancy';
const byId = z.strictObject({ id: apiKeyId });

const list = endpoint({
  method: 'GET', path: '/api/v1/api-keys', operation: 'listApiKeys', tag, summary: 'List API keys', access: admin,
  description: 'Of the project that is named, or that the principal works in; of the whole platform if there is none. Revoked ones too. Oldest first.',
  query: z.strictObject(pageRequest), reply: page(apiKey),
});
const create = endpoint({
  method: 'POST', path: '/api/v1/api-keys', operation: 'createApiKey', tag, summary: 'Create an API key', access: admin,
  description: 'The answer is the only place where the key is ever shown. With a userId the key acts for that user. Without a project it is a key of the platform.',
  body: newApiKey.omit({ projectId: true }), projectInBody: true, reply: apiKey.extend({ key: secret() }), status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const get = endpoint({
  method: 'GET', path: '/api/v1/api-keys/:id', operation: 'getApiKey', tag, summary: 'Get an API key', access: admin,
  description: 'Without the key itself.', params: byId, reply: apiKey, errors: ['ENTITY_NOT_FOUND'],
});
const revoke = endpoint({
  method: 'DELETE', path: '/api/v1/api-keys/:id', operation: 'revokeApiKey', tag, summary: 'Revoke an API key', access: admin,
  description: 'Refused everywhere within five seconds.', params: byId, reply: apiKey, errors: ['ENTITY_NOT_FOUND'],
});

@Controller()
export class ApiKeysController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof apiKeys.list>> {
    return this.#rpc.call(apiKeys.list, { principal, ...query });
  }

  @Serve(create)
  create(@Call() { principal, body, reply }: CallOf<typeof create>): Promise<ReplyOf<typeof apiKeys.create>> {
    void reply.header('cache-control', 'no-store');
    return this.#rpc.call(apiKeys.create, { principal, apiKey: body });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof apiKeys.get>> {
    return this.#rpc.call(apiKeys.get, { principal, id: params.id });
  }

  @Serve(revoke)
  revoke(@Call() { principal, params }: CallOf<typeof revoke>): Promise<ReplyOf<typeof apiKeys.revoke>> {
    return this.#rpc.call(apiKeys.revoke, { principal, id: params.id });
  }
}
