import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { newUser, page, pageRequest, platformId, user, userChange, userId, users, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from './admin.js';

const tag = 'Tenancy';
const byId = z.strictObject({ id: userId });

const list = endpoint({
  method: 'GET', path: '/api/v1/users', operation: 'listUsers', tag, summary: 'List users',
  description: 'The users of a platform, for its admins; anyone else who has logged in sees himself. Oldest first.',
  query: z.strictObject({ platformId: platformId.optional(), ...pageRequest }), reply: page(user), errors: ['ENTITY_NOT_FOUND'],
});
const create = endpoint({
  method: 'POST', path: '/api/v1/users', operation: 'createUser', tag, summary: 'Create a user of a platform', access: admin,
  description: 'Without a password the user cannot log in here, and may still come with a token of the outside issuer.',
  body: newUser, reply: user, status: 201, errors: ['ENTITY_NOT_FOUND', 'CONFLICT'],
});
const get = endpoint({
  method: 'GET', path: '/api/v1/users/:id', operation: 'getUser', tag, summary: 'Get a user',
  params: byId, reply: user, errors: ['ENTITY_NOT_FOUND'],
});
const update = endpoint({
  method: 'POST', path: '/api/v1/users/:id', operation: 'updateUser', tag, summary: 'Change a user',
  description: 'Admins of the platform change everything; a person the own names and password. A new password, and `enabled: false`, end all sessions of the user.',
  params: byId, body: userChange, reply: user, errors: ['ENTITY_NOT_FOUND'],
});

@Controller()
export class UsersController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof users.list>> {
    return this.#rpc.call(users.list, { principal, ...query });
  }

  @Serve(create)
  create(@Call() { principal, body }: CallOf<typeof create>): Promise<ReplyOf<typeof users.create>> {
    return this.#rpc.call(users.create, { principal, user: body });
  }

  @Serve(get)
  get(@Call() { principal, params }: CallOf<typeof get>): Promise<ReplyOf<typeof users.get>> {
    return this.#rpc.call(users.get, { principal, id: params.id });
  }

  @Serve(update)
  update(@Call() { principal, params, body }: CallOf<typeof update>): Promise<ReplyOf<typeof users.update>> {
    return this.#rpc.call(users.update, { principal, id: params.id, change: body });
  }
}
