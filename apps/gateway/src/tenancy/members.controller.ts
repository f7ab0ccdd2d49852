import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import { member, members, newMember, page, pageRequest, userId, type ReplyOf } from '@trunkline/contracts';
import { RpcClient } from '@trunkline/messaging';
import { Call, endpoint, Serve, type CallOf } from '../http/endpoint.js';
import { admin } from './admin.js';

const tag = 'Tenancy';

const list = endpoint({
  method: 'GET', path: '/api/v1/members', operation: 'listMembers', tag, summary: 'List the members of a project',
  description: 'Of the project that is named, or that the principal works in. For its admins and its members. Oldest first.', query: z.strictObject(pageRequest), reply: page(member),
});
const put = endpoint({
  method: 'POST', path: '/api/v1/members', operation: 'putMember', tag, summary: 'Make a user a member, or give a member another role', access: admin,
  body: newMember.omit({ projectId: true }), projectInBody: true, reply: member, status: 201, errors: ['ENTITY_NOT_FOUND'],
});
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/members', operation: 'removeMember', tag, summary: 'End a membership', access: admin,
  query: z.strictObject({ userId }), reply: z.object({ removed: z.boolean() }),
});

/** The project is the one that the request names: the guard has made sure that the principal reaches it. */
@Controller()
export class MembersController {
  readonly #rpc: RpcClient;

  constructor(@Inject(RpcClient) rpc: RpcClient) {
    this.#rpc = rpc;
  }

  @Serve(list)
  list(@Call() { principal, query }: CallOf<typeof list>): Promise<ReplyOf<typeof members.list>> {
    return this.#rpc.call(members.list, { principal, ...query });
  }

  @Serve(put)
  put(@Call() { principal, body }: CallOf<typeof put>): Promise<ReplyOf<typeof members.put>> {
    return this.#rpc.call(members.put, { principal, member: body });
  }

  @Serve(remove)
  remove(@Call() { principal, query }: CallOf<typeof remove>): Promise<ReplyOf<typeof members.remove>> {
    return this.#rpc.call(members.remove, { principal, userId: query.userId });
  }
}
