import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { newPlatform, page, pageRequest, platform, platformChange, platformId, platforms, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from './admin.js';

const tag = 'Tenancy';
const byId = z.strictObject({ id: platformId });

const list = endpoint({
  method: 'GET', path: '/api/v1/platforms', operation: 'listPlatforms', tag, summary: 'List platforms', access: admin,
  description: 'All of them for the operator; their own for the admins of a platform. Oldest first.', query: z.strictObject(pageRequest), reply: page(platform),
});
const create = endpoint({
  method: 'POST', path: '/api/v1/platforms', operation: 'createPlatform', tag, summary: 'Create a platform', access: admin,
  description: 'With the installation\'s admin key only.', body: newPlatform, reply: platform, status: 201,
});
const get = endpoint({
  method: 'GET', path: '/api/v1/platforms/:id', operation: 'getPlatform', tag, summary: 'Get a platform', access: admin,
  params: byId, reply: platform, errors: ['ENTITY_NOT_FOUND'],
});
const update = endpoint({
  method: 'POST', path: '/api/v1/platforms/:id', operation: 'updatePlatform', tag, summary: 'Change a platform', access: admin,
  params: byId, body: platformChange, reply: platform, errors: ['ENTITY_NOT_FOUND'],
});

@Controller()
export class PlatformsController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof platforms.list>> {
    return this.#rpc.call(platforms.list, { principal, ...query });
  }

  @Serve(create)
  create(@Call() { principal, body }: CallOf<typeof create>): Promise<ReplyOf<typeof platforms.create>> {
    return this.#rpc.call(platforms.create, { principal, platform: body });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof platforms.get>> {
    return this.#rpc.call(platforms.get, { principal, id: params.id });
  }

  @Serve(update)
  update(@Call() { principal, params, body }: CallOf<typeof update>): Promise<ReplyOf<typeof platforms.update>> {
    return this.#rpc.call(platforms.update, { principal, id: params.id, change: body });
  }
}
