import { Controller, Inject } from '@nestjs/common';
import { members, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import { Rpc } from '@trunkline/messaging';
import { RegistryParts } from '../registry-parts.js';
import { listMembers } from './list-members.js';
import { putMember } from './put-member.js';
import { removeMember } from './remove-member.js';

@Controller()
export class MemberHandler {
  readonly #parts: RegistryParts;

  constructor(@Inject(RegistryParts) parts: RegistryParts) {
    this.#parts = parts;
  }

  @Rpc(members.put)
  put(request: RequestOf<typeof members.put>): Promise<ReplyOf<typeof members.put>> {
    return putMember(this.#parts, request);
  }

  @Rpc(members.list)
  list(request: RequestOf<typeof members.list>): Promise<ReplyOf<typeof members.list>> {
    return listMembers(this.#parts, request);
  }

  @Rpc(members.remove)
  remove(request: RequestOf<typeof members.remove>): Promise<ReplyOf<typeof members.remove>> {
    return removeMember(this.#parts, request);
  }
}
